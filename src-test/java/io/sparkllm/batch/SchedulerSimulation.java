package io.sparkllm.batch;

import io.sparkllm.batch.BatchFile.State;
import io.sparkllm.batch.rows.ResultCounts;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * The scheduler against a service on a virtual clock, where every batch takes the same time.
 *
 * @param files how they stand; changed as it runs
 * @param keep told what changes, before it is done
 * @param tokenLimit prompt tokens that may be enqueued
 * @param batchMillis from the creation of a batch to its end
 */
record SchedulerSimulation(BatchFiles files, Keep keep, long tokenLimit, long batchMillis) {
  /** What remembers how files stand. */
  interface Keep {
    void put(Collection<BatchFile> changed) throws IOException;
  }

  /**
   * What was seen.
   *
   * @param steps carried out
   * @param polls of these
   * @param creates batches made
   * @param createsInAnHour most of them in any hour
   * @param uploadsInAMinute most uploads in any minute
   * @param enqueued most prompt tokens at once
   * @param millis of the virtual clock
   * @param schedulerNanos real time in the scheduler alone
   */
  record Seen(
      long steps,
      long polls,
      long creates,
      int createsInAnHour,
      int uploadsInAMinute,
      long enqueued,
      long millis,
      long schedulerNanos) {}

  Seen run() throws IOException {
    Scheduler scheduler = new Scheduler(Until.DONE, 64);
    Most creates = new Most(3_600_000);
    Most uploads = new Most(60_000);
    long now = 0;
    long steps = 0;
    long polls = 0;
    long made = 0;
    long enqueued = 0;
    long nanos = 0;
    while (true) {
      long start = System.nanoTime();
      Step step = scheduler.next(files, tokenLimit, now);
      nanos += System.nanoTime() - start;
      steps++;
      if (step instanceof Step.End) {
        return new Seen(steps, polls, made, creates.most, uploads.most, enqueued, now, nanos);
      } else if (step instanceof Step.Wait wait) {
        now += wait.millis();
      } else if (step instanceof Step.Upload upload) {
        long at = now;
        scheduler.uploaded(upload.files().size(), now);
        uploads.add(upload.files().size(), now);
        put(upload.files().stream().map(f -> f.uploaded("file-" + f.name(), at)).toList());
        now += 2_000;
      } else if (step instanceof Step.Create create) {
        for (BatchFile file : create.files()) {
          put(List.of(file.creating(now)));
          scheduler.created(1, now);
          creates.add(1, now);
          made++;
          put(List.of(files.get(file.name()).live("batch-" + file.name(), now)));
          now += 200;
        }
      } else if (step instanceof Step.Poll) {
        polls++;
        long at = now;
        List<BatchFile> ended =
            files.in(State.LIVE).stream()
                .filter(file -> at - file.since() >= batchMillis)
                .map(file -> file.ended("out", null, "completed", at))
                .toList();
        put(ended);
        now += 500;
        scheduler.polled(!ended.isEmpty(), true, now);
      } else if (step instanceof Step.Collect collect) {
        long at = now;
        put(collect.files().stream().map(f -> f.collected(ResultCounts.NONE, at)).toList());
        now += 5_000;
      } else if (step instanceof Step.Again again) {
        long at = now;
        put(again.files().stream().map(f -> f.done("completed", at)).toList());
      } else {
        throw new IllegalStateException("Not in this simulation: " + step);
      }
      enqueued = Math.max(enqueued, files.enqueued());
    }
  }

  private void put(Collection<BatchFile> changed) throws IOException {
    if (!changed.isEmpty()) {
      keep.put(changed);
    }
  }

  /** The most of something in any time so long. */
  private static final class Most {
    private final long millis;
    private final Deque<long[]> window = new ArrayDeque<>();
    private int count;
    private int most;

    Most(long millis) {
      this.millis = millis;
    }

    void add(int more, long now) {
      while (!window.isEmpty() && window.peekFirst()[0] <= now - millis) {
        count -= (int) window.pollFirst()[1];
      }
      window.addLast(new long[] {now, more});
      count += more;
      most = Math.max(most, count);
    }
  }
}

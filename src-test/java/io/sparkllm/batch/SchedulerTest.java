package io.sparkllm.batch;

import static io.sparkllm.batch.Files.creating;
import static io.sparkllm.batch.Files.ended;
import static io.sparkllm.batch.Files.live;
import static io.sparkllm.batch.Files.planned;
import static io.sparkllm.batch.Files.uploaded;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.batch.SchedulerSimulation.Seen;
import io.sparkllm.batch.rows.Chunk;
import io.sparkllm.batch.rows.ResultCounts;
import io.sparkllm.ledger.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulerTest {
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private static Scheduler until(Until until) {
    return new Scheduler(until, 2);
  }

  private static Step next(Until until, BatchFile... files) {
    return until(until).next(Files.of(files), NO_LIMIT, 0);
  }

  @Test
  void whatHasEndedComesBeforeWhatIsNew() {
    BatchFile ended = ended("e");
    BatchFile collected = ended("c").collected(ResultCounts.NONE, 0);

    assertThat(next(Until.DONE, uploaded("u", 1), ended, collected))
        .isEqualTo(new Step.Again(List.of(collected)));
    assertThat(next(Until.DONE, uploaded("u", 1), ended))
        .isEqualTo(new Step.Collect(List.of(ended)));
    assertThat(next(Until.SUBMITTED, uploaded("u", 1), ended))
        .isEqualTo(new Step.Create(List.of(uploaded("u", 1))));
  }

  @Test
  void aBatchThatMayExistIsLookedForBeforeAnythingIsCreated() {
    assertThat(next(Until.DONE, uploaded("u", 1), creating("c", 1)))
        .isEqualTo(new Step.Lookup(List.of(creating("c", 1))));
  }

  @Test
  void aFileThatIsLeftAloneIsNotLookedAt() {
    Scheduler scheduler = until(Until.DONE);
    BatchFiles files = Files.of(creating("c", 1));
    scheduler.later("c", 5_000);

    assertThat(scheduler.next(files, NO_LIMIT, 0)).isEqualTo(new Step.Wait(5_000));
    assertThat(scheduler.next(files, NO_LIMIT, 5_000)).isInstanceOf(Step.Lookup.class);
  }

  @Test
  void noMoreTokensAreEnqueuedThanAllowed() {
    BatchFiles files = Files.of(live("l", 60), uploaded("large", 50), uploaded("small", 40));

    assertThat(until(Until.DONE).next(files, 100, 0))
        .isEqualTo(new Step.Create(List.of(uploaded("small", 40))));
  }

  @Test
  void aFileOverTheTokenLimitIsSplitBeforeItIsUploadedOrCreated() {
    assertThat(until(Until.DONE).next(Files.of(planned("p", 101)), 100, 0))
        .isEqualTo(new Step.Split(planned("p", 101)));
    assertThat(until(Until.DONE).next(Files.of(uploaded("u", 101)), 100, 0))
        .isEqualTo(new Step.Split(uploaded("u", 101)));
  }

  @Test
  void submittingEndsWhereOnlyBatchesMakeRoom() {
    BatchFiles files = Files.of(live("l", 60), uploaded("u", 50), planned("p", 10));

    assertThat(until(Until.SUBMITTED).next(files, 100, 0)).isInstanceOf(Step.Upload.class);
    files.put(uploaded("p", 50));
    assertThat(until(Until.SUBMITTED).next(files, 100, 0)).isEqualTo(new Step.End());
  }

  @Test
  void lookingLooksOnce() {
    Scheduler scheduler = until(Until.LOOKED);
    BatchFiles files = Files.of(live("l", 1));

    assertThat(scheduler.next(files, NO_LIMIT, 0)).isEqualTo(new Step.Poll());
    scheduler.polled(false, true, 0);
    assertThat(scheduler.next(files, NO_LIMIT, 0)).isEqualTo(new Step.End());
  }

  @Test
  void lookingLooksAgainWhereOneLookDoesNotShowWhatBecameOfABatch() {
    Scheduler scheduler = until(Until.LOOKED);
    BatchFiles files = Files.of(live("l", 1));
    scheduler.polled(false, false, 0);

    assertThat(scheduler.next(files, NO_LIMIT, 0)).isEqualTo(new Step.Wait(750));
    assertThat(scheduler.next(files, NO_LIMIT, 750)).isEqualTo(new Step.Poll());
    scheduler.polled(false, true, 750);
    assertThat(scheduler.next(files, NO_LIMIT, 750)).isEqualTo(new Step.End());
  }

  @Test
  void waitsLongerBetweenLooksWhileNothingChanges() {
    Scheduler scheduler = until(Until.DONE);
    BatchFiles files = Files.of(live("l", 1));
    List<Long> waits = new ArrayList<>();
    long now = 0;
    for (int i = 0; i < 15; i++) {
      assertThat(scheduler.next(files, NO_LIMIT, now)).isEqualTo(new Step.Poll());
      scheduler.polled(false, true, now);
      Step.Wait wait = (Step.Wait) scheduler.next(files, NO_LIMIT, now);
      waits.add(wait.millis());
      now += wait.millis();
    }

    assertThat(waits).isSorted().startsWith(750L, 1_125L).endsWith(60_000L);
    scheduler.polled(true, true, now);
    assertThat(scheduler.next(files, NO_LIMIT, now)).isEqualTo(new Step.Wait(500));
  }

  @Test
  void allIsDoneAtTheEnd() {
    assertThat(next(Until.DONE, ended("e").done("completed", 0))).isEqualTo(new Step.End());
    assertThat(next(Until.DONE)).isEqualTo(new Step.End());
  }

  @Test
  void theServicesLimitsHoldForManyFiles() throws IOException {
    BatchFiles files = new BatchFiles();
    for (int i = 0; i < 5_000; i++) {
      files.put(planned("f" + i, 1_000));
    }

    Seen seen =
        new SchedulerSimulation(files, changed -> changed.forEach(files::put), 1_500_000, 600_000)
            .run();

    assertThat(files.areDone()).isTrue();
    assertThat(seen.creates()).isEqualTo(5_000);
    assertThat(seen.createsInAnHour()).isLessThanOrEqualTo(Scheduler.CREATES_PER_HOUR);
    assertThat(seen.uploadsInAMinute()).isLessThanOrEqualTo(Scheduler.UPLOADS_PER_MINUTE);
    assertThat(seen.enqueued()).isBetween(1_400_000L, 1_500_000L);
  }

  /** A billion rows: 20,000 files of 50,000, with the manifest on a local disk. */
  @Test
  @Tag("once")
  void aBillionRowsCostTheDriverLittle(@TempDir Path folder) throws IOException {
    int count = 20_000;
    Manifest manifest = Manifest.read(Ledger.open(folder.toString(), new Configuration()).files());
    manifest.begin(Headers.header());
    long before = heap();
    List<BatchFile> planned = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Chunk> chunks = new ArrayList<>();
      for (int j = 0; j < 20; j++) {
        chunks.add(
            Files.chunk(
                String.format(Locale.ROOT, "%06d-%02d-0123456789abcdef.jsonl", i, j),
                2_500,
                8 << 20,
                250_000));
      }
      planned.add(BatchFile.planned("sparkllm-12345678-" + i + ".jsonl", 1, chunks, 0));
    }
    long start = System.nanoTime();
    manifest.put(planned);
    planned.clear();
    long full = heap();

    Seen seen =
        new SchedulerSimulation(manifest.batches(), manifest::put, NO_LIMIT, 6 * 3_600_000L).run();

    double seconds = (System.nanoTime() - start) / 1e9;
    long restart = System.nanoTime();
    Manifest again = Manifest.read(Ledger.open(folder.toString(), new Configuration()).files());
    System.out.printf(
        Locale.ROOT,
        "scheduler: %,d files of 50,000 requests, %,d steps (%,d polls), %.1f virtual hours, %d"
            + " creates in an hour at most%n"
            + "scheduler: %.1f us a file to decide, %.2f ms a file with the manifest; heap %,d MB"
            + " with all files planned, %,d MB at the end; manifest read again in %.1f s%n",
        count,
        seen.steps(),
        seen.polls(),
        seen.millis() / 3_600_000.0,
        seen.createsInAnHour(),
        seen.schedulerNanos() / 1e3 / count,
        seconds * 1e3 / count,
        (full - before) >> 20,
        (heap() - before) >> 20,
        (System.nanoTime() - restart) / 1e9);
    assertThat(again.batches().areDone()).isTrue();
    assertThat(seen.createsInAnHour()).isLessThanOrEqualTo(Scheduler.CREATES_PER_HOUR);
  }

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}

package io.sparkllm.batch;

import io.sparkllm.batch.BatchFile.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides what the driver does next, within the service's limits: batches created in an hour, files
 * uploaded in a minute, prompt tokens enqueued at once. It does nothing itself and reads no clock.
 * For one thread.
 */
final class Scheduler {
  /** Documented by OpenAI (protocol notes §2, limits). */
  static final int CREATES_PER_HOUR = 2_000;

  static final int UPLOADS_PER_MINUTE = 1_000;

  /** Creates between two looks at everything else. */
  private static final int CREATES_AT_ONCE = 20;

  private static final long FIRST_POLL = 500;
  private static final long LAST_POLL = 60_000;

  private final Until until;
  private final int parallelism;
  private final SlidingCount creates = new SlidingCount(CREATES_PER_HOUR, 3_600_000);
  private final SlidingCount uploads = new SlidingCount(UPLOADS_PER_MINUTE, 60_000);
  private final Map<String, Long> notBefore = new HashMap<>();

  private long pollGap = FIRST_POLL;
  private long pollAt;
  private boolean wantsLook = true;

  /**
   * Makes one.
   *
   * @param until how far the command goes
   * @param parallelism tasks that run at once
   */
  Scheduler(Until until, int parallelism) {
    this.until = until;
    this.parallelism = Math.max(1, parallelism);
  }

  /**
   * The next step.
   *
   * @param files how all files stand
   * @param tokenLimit prompt tokens that may be enqueued; {@link Long#MAX_VALUE} for no limit
   * @param now milliseconds of any clock that never goes back
   */
  Step next(BatchFiles files, long tokenLimit, long now) {
    if (until != Until.SUBMITTED) {
      // What is known to have ended makes room, and its rows may go again.
      List<BatchFile> collected = files.first(State.COLLECTED, wave());
      if (!collected.isEmpty()) {
        return new Step.Again(collected);
      }
      List<BatchFile> ended = files.first(State.ENDED, wave());
      if (!ended.isEmpty()) {
        return new Step.Collect(ended);
      }
    }
    if (files.count(State.REJECTED) > 0) {
      return new Step.Repair(files.first(State.REJECTED, 1).get(0));
    }
    Step submit = submit(files, tokenLimit, now);
    if (submit != null) {
      return submit;
    }
    if (files.areDone()) {
      return new Step.End();
    }
    return until == Until.SUBMITTED ? whenSubmitted(files, tokenLimit, now) : look(files, now);
  }

  private Step submit(BatchFiles files, long tokenLimit, long now) {
    List<BatchFile> lost = due(files, State.CREATING, now);
    if (!lost.isEmpty()) {
      return new Step.Lookup(lost);
    }
    // A batch that may exist or not leaves its place to no other.
    List<BatchFile> create = new ArrayList<>();
    long room = tokenLimit - files.enqueued();
    int most = Math.min(CREATES_AT_ONCE, creates.room(now));
    for (BatchFile file : due(files, State.UPLOADED, now)) {
      if (file.tokens() > tokenLimit) {
        return new Step.Split(file);
      }
      if (create.size() < most && file.tokens() <= room) {
        create.add(file);
        room -= file.tokens();
      }
    }
    if (!create.isEmpty()) {
      return new Step.Create(create);
    }
    // Not far ahead of the creates: files are kept by the service for some days only.
    int ahead = 2 * wave() - files.count(State.UPLOADED);
    List<BatchFile> upload =
        files.first(State.PLANNED, Math.min(uploads.room(now), Math.min(wave(), ahead)));
    for (BatchFile file : upload) {
      if (file.tokens() > tokenLimit) {
        return new Step.Split(file);
      }
    }
    return upload.isEmpty() ? null : new Step.Upload(upload);
  }

  private int wave() {
    return Math.max(8, 2 * parallelism);
  }

  private List<BatchFile> due(BatchFiles files, State state, long now) {
    return files.in(state).stream()
        .filter(file -> notBefore.getOrDefault(file.name(), Long.MIN_VALUE) <= now)
        .toList();
  }

  /** Only a limit that passes by itself is waited for; the rest is for later commands. */
  private Step whenSubmitted(BatchFiles files, long tokenLimit, long now) {
    boolean lag =
        files.count(State.CREATING) > 0
            || files.in(State.UPLOADED).stream()
                .anyMatch(file -> notBefore.getOrDefault(file.name(), now) > now);
    boolean room =
        files.in(State.UPLOADED).stream().anyMatch(f -> f.tokens() <= tokenLimit - files.enqueued())
            || (files.count(State.UPLOADED) == 0 && files.count(State.PLANNED) > 0);
    return lag || room ? waitFor(files, now, Long.MAX_VALUE) : new Step.End();
  }

  private Step look(BatchFiles files, long now) {
    boolean live = files.count(State.LIVE) > 0;
    boolean more = until == Until.DONE || wantsLook;
    if (live && more && now >= pollAt) {
      return new Step.Poll();
    }
    if (!more && files.count(State.CREATING) == 0) {
      return new Step.End();
    }
    if (!live && until == Until.LOOKED && files.count(State.CREATING) == 0) {
      return new Step.End();
    }
    return waitFor(files, now, live && more ? pollAt : Long.MAX_VALUE);
  }

  private Step waitFor(BatchFiles files, long now, long at) {
    long next = Math.min(at, now + LAST_POLL);
    for (State state : List.of(State.CREATING, State.UPLOADED)) {
      for (BatchFile file : files.in(state)) {
        long due = notBefore.getOrDefault(file.name(), now);
        next = due > now ? Math.min(next, due) : next;
      }
    }
    if (files.count(State.UPLOADED) > 0) {
      next = Math.min(next, creates.roomAt(now));
    }
    if (files.count(State.PLANNED) > 0) {
      next = Math.min(next, uploads.roomAt(now));
    }
    return new Step.Wait(Math.max(1, next - now));
  }

  /** Counts creates that were tried. */
  void created(int count, long now) {
    creates.add(count, now);
  }

  /** Counts uploads. */
  void uploaded(int count, long now) {
    uploads.add(count, now);
  }

  /** A file is left alone for a while. */
  void later(String name, long at) {
    notBefore.put(name, at);
  }

  /** A file may be worked on at once. */
  void soon(String name) {
    notBefore.remove(name);
  }

  /**
   * Live batches were looked at; the more often nothing had changed, the later again.
   *
   * @param changed whether anything had
   * @param isSettled false where only further looks show what became of a batch
   * @param now milliseconds
   */
  void polled(boolean changed, boolean isSettled, long now) {
    wantsLook = !isSettled;
    pollGap = changed ? FIRST_POLL : Math.min(LAST_POLL, pollGap * 3 / 2);
    pollAt = now + pollGap;
  }
}

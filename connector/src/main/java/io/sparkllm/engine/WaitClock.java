package io.sparkllm.engine;

import io.sparkllm.throttle.Waits;

/** Measures what a dispatcher waits for. Not thread-safe. */
final class WaitClock {
  /** What it waits for. */
  enum For {
    RATE_LIMIT,
    CONCURRENCY,
    ANSWERS,
    ROWS,
    NOTHING
  }

  private static final long MILLI = 1_000_000L;

  private long rateLimit;
  private long concurrency;
  private long answers;
  private long rows;
  private For waiting = For.NOTHING;
  private long since;

  void waitsFor(For next, long nowNanos) {
    long spent = nowNanos - since;
    switch (waiting) {
      case RATE_LIMIT -> rateLimit += spent;
      case CONCURRENCY -> concurrency += spent;
      case ANSWERS -> answers += spent;
      case ROWS -> rows += spent;
      case NOTHING -> {}
    }
    since = nowNanos;
    waiting = next;
  }

  /** Whole milliseconds measured since the last time; the rest stays for the next. */
  Waits take(long nowNanos) {
    waitsFor(waiting, nowNanos);
    Waits waits = new Waits(rateLimit / MILLI, concurrency / MILLI, answers / MILLI, rows / MILLI);
    rateLimit %= MILLI;
    concurrency %= MILLI;
    answers %= MILLI;
    rows %= MILLI;
    return waits;
  }
}

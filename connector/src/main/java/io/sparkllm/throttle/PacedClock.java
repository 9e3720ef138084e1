package io.sparkllm.throttle;

/**
 * A rate as a virtual clock (GCRA, the generic cell rate algorithm): each unit moves the time of
 * the next one by the same interval. No credit at the start, and little after idling. Not
 * thread-safe.
 */
final class PacedClock {
  private static final double NANOS_PER_MINUTE = 60e9;

  /**
   * What may be caught up after idling. With the time by which a granted slot may be late, and what
   * messages take on busy machines, it stays below one second: the burst that services allow.
   */
  private static final long CREDIT_NANOS = 400_000_000L;

  private double intervalNanos;
  private double next;

  /** Starts the clock now. */
  PacedClock(double unitsPerMinute, long nowNanos) {
    this.intervalNanos = NANOS_PER_MINUTE / unitsPerMinute;
    this.next = nowNanos;
  }

  /** When the next unit is due; in the past where there is credit. */
  double dueNanos(long nowNanos) {
    return Math.max(next, nowNanos - (double) CREDIT_NANOS);
  }

  /** Time from one unit to the next. */
  double intervalNanos() {
    return intervalNanos;
  }

  /** Nanoseconds until the next spending may happen; zero when it may now. */
  long waitNanos(long nowNanos) {
    return Math.max(0, (long) Math.ceil(dueNanos(nowNanos) - nowNanos));
  }

  /** How many units are due until a time; fractions, as tokens are many. */
  double dueUntil(long untilNanos, long nowNanos) {
    double due = dueNanos(nowNanos);
    return due > untilNanos ? 0 : (untilNanos - due) / intervalNanos + 1;
  }

  void spend(double units, long nowNanos) {
    next = dueNanos(nowNanos) + units * intervalNanos;
  }

  /** Gives units back, or charges more where the number is negative. */
  void refund(double units) {
    next -= units * intervalNanos;
  }

  /** Changes the rate; a debt in units stays the same, and its time changes with the rate. */
  void rate(double unitsPerMinute, long nowNanos) {
    double changed = NANOS_PER_MINUTE / unitsPerMinute;
    if (next > nowNanos) {
      next = nowNanos + (next - nowNanos) * changed / intervalNanos;
    }
    intervalNanos = changed;
  }
}

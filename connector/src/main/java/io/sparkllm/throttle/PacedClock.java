package io.sparkllm.throttle;

/**
 * A rate as a virtual clock (GCRA, the generic cell rate algorithm): each unit moves the time of
 * the next one by the same interval. No credit at the start, at most one second's after idling. Not
 * thread-safe.
 */
final class PacedClock {
  private static final double NANOS_PER_MINUTE = 60e9;
  private static final long CREDIT_NANOS = 1_000_000_000L;

  private double intervalNanos;
  private double next;

  /** Starts the clock now. */
  PacedClock(double unitsPerMinute, long nowNanos) {
    this.intervalNanos = NANOS_PER_MINUTE / unitsPerMinute;
    this.next = nowNanos;
  }

  /** Nanoseconds until the next spending may happen; zero when it may now. */
  long waitNanos(long nowNanos) {
    return Math.max(
        0, (long) Math.ceil(Math.max(next, nowNanos - (double) CREDIT_NANOS) - nowNanos));
  }

  void spend(double units, long nowNanos) {
    next = Math.max(next, nowNanos - (double) CREDIT_NANOS) + units * intervalNanos;
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

package io.sparkllm.throttle;

/**
 * A limit as the service's headers tell it. What was used and when all is there again give the
 * rate, as the limit itself has no unit: it may be per minute or per day. Falls at once and rises
 * slowly. Not thread-safe.
 */
final class HeaderRate {
  /** Below the limit by this much, as several calls arrive closer together than they were sent. */
  private static final double SAFETY = 0.97;

  /** So much a second: twice the limit is reached after some fifteen. */
  private static final double GROWTH = 1.05;

  private static final double SECOND = 1e9;
  private static final double MINUTE = 60e9;

  /** A period in here is a minute: resets are rounded to milliseconds. */
  private static final double SHORTEST_MINUTE = 30e9;

  private static final double LONGEST_MINUTE = 130e9;

  /** Of an hour's or a day's limit: as long as more than this is left, there is nothing to pace. */
  private static final double LITTLE = 0.02;

  private double perMinute;
  private long changedNanos;

  /** The learned rate; 0 where none is known. */
  double perMinute() {
    return perMinute;
  }

  void observe(HeaderLimit seen, long nowNanos) {
    long used = seen.limit() - seen.remaining();
    if (seen.limit() <= 0 || seen.remaining() < 0 || used <= 0 || seen.resetNanos() <= 0) {
      return;
    }
    double period = (double) seen.limit() * seen.resetNanos() / used;
    double target;
    if (period > LONGEST_MINUTE && seen.remaining() > LITTLE * seen.limit()) {
      if (seen.resetNanos() <= MINUTE) {
        // Also what a minute's limit says where little is used: rounded up to a millisecond or a
        // second, or counted in windows that began just now.
        return;
      }
      target = 0;
    } else if (period >= SHORTEST_MINUTE && period <= LONGEST_MINUTE) {
      target = seen.limit();
    } else {
      target = seen.limit() * MINUTE / period;
    }
    follow(target * SAFETY, nowNanos);
  }

  private void follow(double target, long nowNanos) {
    double seconds = Math.max(0, nowNanos - changedNanos) / SECOND;
    perMinute =
        perMinute == 0 || target < perMinute
            ? target
            : Math.min(target, perMinute * Math.pow(GROWTH, seconds));
    changedNanos = nowNanos;
  }
}

package io.sparkllm.throttle;

/**
 * The budget of one JVM, without a driver: a clock for requests and one for tokens. Not
 * thread-safe.
 */
final class LocalRateBudget {
  private PacedClock requests;
  private PacedClock tokens;

  /**
   * Spends one request and its tokens, if they may be spent now; else gives the nanoseconds after
   * which to ask again, with nothing spent.
   */
  long trySpend(long expectedTokens, long nowNanos) {
    long wait =
        Math.max(
            requests == null ? 0 : requests.waitNanos(nowNanos),
            tokens == null ? 0 : tokens.waitNanos(nowNanos));
    if (wait > 0) {
      return wait;
    }
    if (requests != null) {
      requests.spend(1, nowNanos);
    }
    if (tokens != null) {
      tokens.spend((double) expectedTokens, nowNanos);
    }
    return 0;
  }

  /** Gives tokens back, or charges more where the number is negative. */
  void refund(long unused) {
    if (tokens != null) {
      tokens.refund((double) unused);
    }
  }

  /** Changes the limits for what is spent from now on: a share of the application's. */
  void limits(RateLimits limits, int share, long nowNanos) {
    requests = adjusted(requests, limits.requestsPerMinute(), share, nowNanos);
    tokens = adjusted(tokens, limits.tokensPerMinute(), share, nowNanos);
  }

  private static PacedClock adjusted(PacedClock clock, Long perMinute, int share, long nowNanos) {
    if (perMinute == null) {
      return null;
    }
    double rate = (double) perMinute / share;
    if (clock == null) {
      return new PacedClock(rate, nowNanos);
    }
    clock.rate(rate, nowNanos);
    return clock;
  }
}

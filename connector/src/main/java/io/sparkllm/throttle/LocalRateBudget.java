package io.sparkllm.throttle;

/** The budget of one JVM: a clock for requests and one for tokens. Thread-safe. */
public final class LocalRateBudget implements RateBudget {
  private PacedClock requests;
  private PacedClock tokens;

  @Override
  public synchronized long trySpend(long expectedTokens, long nowNanos) {
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

  @Override
  public synchronized void settle(long charged, long used) {
    if (tokens != null) {
      tokens.refund((double) charged - used);
    }
  }

  @Override
  public synchronized void limits(RateLimits limits, long nowNanos) {
    requests = adjusted(requests, limits.requestsPerMinute(), nowNanos);
    tokens = adjusted(tokens, limits.tokensPerMinute(), nowNanos);
  }

  private static PacedClock adjusted(PacedClock clock, Long perMinute, long nowNanos) {
    if (perMinute == null) {
      return null;
    }
    if (clock == null) {
      return new PacedClock(perMinute, nowNanos);
    }
    clock.rate(perMinute, nowNanos);
    return clock;
  }
}

package io.sparkllm.throttle;

/**
 * The requests and tokens that may be spent on one endpoint, key and model. Implementations are
 * thread-safe and never block.
 */
public interface RateBudget {
  /**
   * Spends one request and its tokens, if they may be spent now.
   *
   * @param tokens what the request is expected to be charged
   * @param nowNanos {@link System#nanoTime()}
   * @return zero when they were spent; else the nanoseconds after which to ask again, with nothing
   *     spent
   */
  long trySpend(long tokens, long nowNanos);

  /**
   * Corrects a spending once the true number is known.
   *
   * @param charged the tokens spent before
   * @param used the tokens that the service counted
   */
  void settle(long charged, long used);

  /**
   * Changes the limits for what is spent from now on.
   *
   * @param limits the new limits
   * @param nowNanos {@link System#nanoTime()}
   */
  void limits(RateLimits limits, long nowNanos);
}

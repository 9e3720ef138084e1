package io.sparkllm.throttle;

/**
 * What an executor saw of the service since it last told.
 *
 * @param accepted replies that were no throttle
 * @param throttled replies that were one
 * @param slowDown whether the service asked not to grow ({@code slow_down})
 * @param pauseNanos nanoseconds that the service asks everybody to wait from now; 0 for none
 * @param requests the latest headers about requests; null where there were none
 * @param tokens the latest headers about tokens; null where there were none
 */
public record Observed(
    long accepted,
    long throttled,
    boolean slowDown,
    long pauseNanos,
    HeaderLimit requests,
    HeaderLimit tokens) {
  /** Nothing. */
  public static final Observed NOTHING = new Observed(0, 0, false, 0, null, null);
}

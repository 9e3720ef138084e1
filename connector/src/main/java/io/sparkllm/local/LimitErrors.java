package io.sparkllm.local;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** The 429 bodies of OpenAI's rate limits; wording from the rate-limits guide and error reports. */
final class LimitErrors {
  private LimitErrors() {}

  /**
   * A throttle that passes by itself.
   *
   * @param unit what ran out: "requests" or "tokens"
   * @param waitNanos how long the caller is told to wait
   */
  static ApiError throttled(String unit, String model, long limit, long requested, long waitNanos) {
    // The message's own arithmetic: what is used and asked exceeds the limit by the wait.
    long excess = (long) Math.ceil(waitNanos / 60e9 * limit);
    return new ApiError(
        429,
        unit,
        "rate_limit_exceeded",
        null,
        "Rate limit reached for %s in project proj_local on %s: Limit %d, Used %d, Requested %d. Please try again in %s."
            .formatted(
                model,
                name(unit),
                limit,
                Math.min(limit, Math.max(0, limit - requested + excess)),
                requested,
                hint(waitNanos)));
  }

  /** More than a whole minute's tokens in one request: never passes. */
  static ApiError tooLarge(String model, long limit, long requested) {
    return new ApiError(
        429,
        "tokens",
        "rate_limit_exceeded",
        null,
        "Request too large for %s in project proj_local on tokens per min (TPM): Limit %d, Requested %d. The input or output tokens must be reduced in order to run successfully."
            .formatted(model, limit, requested));
  }

  private static String name(String unit) {
    return unit.equals("requests") ? "requests per min (RPM)" : "tokens per min (TPM)";
  }

  private static String hint(long waitNanos) {
    long ms = Math.max(1, (waitNanos + 999_999) / 1_000_000);
    if (ms < 1000) {
      return ms + "ms";
    }
    if (ms >= 60_000) {
      return GoDuration.format(waitNanos);
    }
    return BigDecimal.valueOf(ms, 3)
            .setScale(3, RoundingMode.UP)
            .stripTrailingZeros()
            .toPlainString()
        + "s";
  }
}

package io.sparkllm.local;

import java.math.BigDecimal;

/**
 * Durations as Go prints them and as OpenAI's {@code x-ratelimit-reset-*} headers carry them:
 * {@code 12ms}, {@code 8.64s}, {@code 6m0s}, {@code 1h2m3s}.
 */
final class GoDuration {
  private GoDuration() {}

  /** Rounded up to whole milliseconds, so that who waits that long never comes too early. */
  static String format(long nanos) {
    long ms = Math.max(0, Math.floorDiv(nanos + 999_999, 1_000_000));
    if (ms < 1000) {
      return ms == 0 ? "0s" : ms + "ms";
    }
    long minutes = ms / 60_000;
    String seconds = BigDecimal.valueOf(ms % 60_000, 3).stripTrailingZeros().toPlainString() + "s";
    if (minutes == 0) {
      return seconds;
    }
    return minutes < 60
        ? minutes + "m" + seconds
        : minutes / 60 + "h" + minutes % 60 + "m" + seconds;
  }
}

package io.sparkllm.local;

import java.util.List;

/** Reads {@code expires_after} and {@code output_expires_after}. */
final class Expiry {
  private static final String ANCHOR = "created_at";

  private Expiry() {}

  /**
   * How long a file is kept.
   *
   * @param param the object's name
   * @param anchor its {@code anchor}; null = missing
   * @param seconds its {@code seconds} as text; null = missing
   * @throws ApiException 400 when the service would answer that
   */
  static long seconds(String param, String anchor, String seconds, StoreScript.FileLimits limits) {
    if (anchor == null) {
      throw ApiError.missing(param + ".anchor").exception();
    }
    if (!anchor.equals(ANCHOR)) {
      throw StoreErrors.unknownValue(param + ".anchor", anchor, List.of(ANCHOR)).exception();
    }
    if (seconds == null) {
      throw ApiError.missing(param + ".seconds").exception();
    }
    long value;
    try {
      value = Long.parseLong(seconds);
    } catch (NumberFormatException e) {
      throw ApiError.wrongType(param + ".seconds", "an integer", "a string").exception();
    }
    long least = limits.leastLifeSeconds();
    long most = limits.mostLifeSeconds();
    if (value < least || value > most) {
      boolean below = value < least;
      throw ApiError.invalid(
              below ? "integer_below_min_value" : "integer_above_max_value",
              param + ".seconds",
              "Invalid '%s.seconds': integer %s value. Expected a value %s %d, but got %d instead."
                  .formatted(
                      param,
                      below ? "below minimum" : "above maximum",
                      below ? ">=" : "<=",
                      below ? least : most,
                      value))
          .exception();
    }
    return value;
  }
}

package io.sparkllm.throttle;

/**
 * The limit that holds now.
 *
 * @param perMinute requests or tokens per minute
 * @param source who set it
 */
public record EffectiveLimit(double perMinute, LimitSource source) {
  /** The lower of two limits, either of which may be null. */
  static EffectiveLimit lower(EffectiveLimit a, EffectiveLimit b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return b.perMinute < a.perMinute ? b : a;
  }
}

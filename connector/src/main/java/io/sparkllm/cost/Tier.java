package io.sparkllm.cost;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.FlexFallback;
import io.sparkllm.config.Options.Mode;
import io.sparkllm.openai.ServiceTier;
import java.util.Locale;
import java.util.Optional;

/** The ways to call that have prices of their own. */
public enum Tier {
  /** Calls that are answered at once. */
  REALTIME,
  /** The same, slower and cheaper: {@code serviceTier=flex}. */
  FLEX,
  /** The Batch API. */
  BATCH;

  /**
   * The tier that calls with these options have. Where flex calls may fall back to the default
   * tier, it is that one: what is spent must never be more than what is told.
   *
   * @param options the options
   * @return empty for a service tier whose prices are not known, such as {@code priority}
   */
  public static Optional<Tier> of(LlmOptions options) {
    if (options.get(Options.MODE) == Mode.BATCH) {
      return Optional.of(BATCH);
    }
    return switch (ServiceTier.of(options)) {
      case "", "auto", "default" -> Optional.of(REALTIME);
      case "flex" ->
          Optional.of(options.get(Options.FLEX_FALLBACK) == FlexFallback.DEFAULT ? REALTIME : FLEX);
      default -> Optional.empty();
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

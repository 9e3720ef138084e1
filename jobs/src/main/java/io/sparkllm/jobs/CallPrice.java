package io.sparkllm.jobs;

import io.sparkllm.CallCounts;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.BatchFallback;
import io.sparkllm.config.Options.Mode;
import io.sparkllm.cost.Cost;
import io.sparkllm.cost.ModelPrice;
import io.sparkllm.cost.Tier;
import io.sparkllm.cost.Tokens;
import java.math.BigDecimal;
import java.util.Optional;

/** What the tokens of a run cost. */
final class CallPrice {
  private final ModelPrice price;
  private final boolean isBatch;
  private final boolean fallsBack;

  private CallPrice(ModelPrice price, boolean isBatch, boolean fallsBack) {
    this.price = price;
    this.isBatch = isBatch;
    this.fallsBack = fallsBack;
  }

  /** Reads the prices, before anything is paid. */
  static CallPrice of(LlmOptions options) {
    boolean isBatch = options.get(Options.MODE) == Mode.BATCH;
    try {
      return new CallPrice(
          // The calls that are made beside batches have their own tier.
          ModelPrice.of(isBatch ? options.with(Options.MODE, null) : options),
          isBatch,
          isBatch && options.get(Options.BATCH_FALLBACK) == BatchFallback.REALTIME);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  /** What was counted while running, where the output does not tell. */
  Paid counted(CallCounts counts) {
    Tokens tokens =
        new Tokens(counts.promptTokens(), counts.cachedTokens(), counts.completionTokens());
    return isBatch && !fallsBack ? new Paid(Tokens.ZERO, tokens) : new Paid(tokens, Tokens.ZERO);
  }

  /** The cost, or why it is unknown: never nothing where something was paid. */
  String text(Paid paid, long calls) {
    if (calls > 0 && paid.calls().total() == 0) {
      return "unknown: the service counts no tokens";
    }
    Optional<BigDecimal> cost = cost(paid.calls(), price.tier());
    Optional<BigDecimal> batches = cost(paid.batches(), Tier.BATCH);
    if (cost.isEmpty() || batches.isEmpty()) {
      return "price unknown: " + price.unknown();
    }
    return Cost.text(cost.get().add(batches.get()))
        + " ("
        + price.source()
        + (fallsBack ? "; calls alone, what batches cost is not counted here" : "")
        + ")";
  }

  private Optional<BigDecimal> cost(Tokens tokens, Tier tier) {
    if (price.price() != null && tokens.equals(Tokens.ZERO)) {
      return Optional.of(BigDecimal.ZERO);
    }
    return tier == null ? Optional.empty() : price.cost(tokens, tier);
  }
}

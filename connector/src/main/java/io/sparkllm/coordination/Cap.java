package io.sparkllm.coordination;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import io.sparkllm.cost.Cost;
import io.sparkllm.cost.ModelPrice;
import io.sparkllm.cost.Price;
import io.sparkllm.cost.Tier;
import io.sparkllm.cost.Tokens;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * What one transformation may spend, on all executors together. It travels to them and comes back
 * with what they report, so that the driver needs to know of no transformation beforehand.
 *
 * @param maxCost dollars; null for no such cap
 * @param maxTotalTokens tokens; null for no such cap
 * @param price the model's price; null where no cost is capped
 * @param tier the way that tokens are used; null where no cost is capped
 * @param failsJob whether reaching it fails the job
 */
public record Cap(BigDecimal maxCost, Long maxTotalTokens, Price price, Tier tier, boolean failsJob)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A report that makes no difference can wait; and a thousand more asks are few for a run. */
  private static final int GRAINS = 1000;

  /**
   * The cap that options name.
   *
   * @param options the options
   * @param failsJob whether reaching it fails the job
   * @return null where they name none
   * @throws IllegalArgumentException where a cost is capped whose price is unknown
   */
  public static Cap of(LlmOptions options, boolean failsJob) {
    Long tokens = options.get(Options.MAX_TOTAL_TOKENS);
    if (!options.isSet(Options.MAX_COST)) {
      return tokens == null ? null : new Cap(null, tokens, null, null, failsJob);
    }
    ModelPrice price = ModelPrice.of(options);
    if (price.cost(Tokens.ZERO).isEmpty()) {
      throw new IllegalArgumentException(
          "Option maxCost is "
              + value(options.get(Options.MAX_COST))
              + ", but the price is unknown: "
              + price.unknown());
    }
    return new Cap(
        BigDecimal.valueOf(options.get(Options.MAX_COST)),
        tokens,
        price.price(),
        price.tier(),
        failsJob);
  }

  private static String value(double dollars) {
    return Options.MAX_COST.format(dollars);
  }

  private BigDecimal cost(Tokens tokens) {
    return Cost.of(price, tokens, tier).orElseThrow();
  }

  /** Why calling stops; null while less than the cap was spent. */
  FatalCause reached(Tokens spent) {
    if (maxCost != null && cost(spent).compareTo(maxCost) >= 0) {
      return FatalCause.capReached("maxCost", maxCostText(), text(spent), failsJob);
    }
    if (maxTotalTokens != null && spent.total() >= maxTotalTokens) {
      return FatalCause.capReached(
          "maxTotalTokens", maxTotalTokens.toString(), text(spent), failsJob);
    }
    return null;
  }

  /**
   * Why an executor that cannot ask the driver stops: it has spent an even share.
   *
   * @param spent what it spent itself
   * @param executors how many share the cap
   * @return null while it may go on
   */
  public FatalCause reachedAlone(Tokens spent, int executors) {
    return reached(spent.times(executors));
  }

  /**
   * Whether the driver should hear of a spending at once.
   *
   * @param untold what it does not know of
   * @return true from a thousandth of the cap on
   */
  public boolean isNews(Tokens untold) {
    return (maxCost != null
            && cost(untold).multiply(BigDecimal.valueOf(GRAINS)).compareTo(maxCost) >= 0)
        || (maxTotalTokens != null && untold.total() * GRAINS >= maxTotalTokens);
  }

  /**
   * Refuses what is expected to cost more.
   *
   * @param expected an estimate
   * @param what what is estimated, as the beginning of a sentence
   * @throws IllegalArgumentException naming the option, its value and the estimate
   */
  public void requireHolds(Tokens expected, String what) {
    if (maxCost != null && cost(expected).compareTo(maxCost) > 0) {
      throw tooMuch("maxCost", maxCostText(), expected, what);
    }
    if (maxTotalTokens != null && expected.total() > maxTotalTokens) {
      throw tooMuch("maxTotalTokens", maxTotalTokens.toString(), expected, what);
    }
  }

  private IllegalArgumentException tooMuch(
      String option, String value, Tokens expected, String what) {
    return new IllegalArgumentException(
        String.format(
            "Option %s is %s, but %s about %s; nothing was submitted. Raise %s, or take fewer rows",
            option, value, what, text(expected), option));
  }

  private String maxCostText() {
    return value(maxCost.doubleValue());
  }

  private String text(Tokens tokens) {
    return String.format(
        Locale.ROOT,
        "%s%,d prompt tokens (%,d of them cached) and %,d completion tokens",
        maxCost == null ? "" : Cost.text(cost(tokens)) + " on ",
        tokens.prompt(),
        tokens.cached(),
        tokens.completion());
  }
}

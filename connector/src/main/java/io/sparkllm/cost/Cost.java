package io.sparkllm.cost;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/** The arithmetic of prices, exact, in US dollars. */
public final class Cost {
  private static final int PER_MILLION = 6;

  /** Below a cent further digits say something. */
  private static final BigDecimal CENT = new BigDecimal("0.01");

  private Cost() {}

  /**
   * What tokens cost. Cached tokens are a part of the prompt's.
   *
   * @param price the model's price
   * @param tokens how many
   * @param tier the way that they are used
   * @return dollars; empty where the price says nothing about the tier
   */
  public static Optional<BigDecimal> of(Price price, Tokens tokens, Tier tier) {
    BigDecimal discount =
        switch (tier) {
          case REALTIME -> BigDecimal.ZERO;
          case FLEX -> price.flexDiscount();
          case BATCH -> price.batchDiscount();
        };
    if (discount == null) {
      return Optional.empty();
    }
    long cached = Math.min(tokens.cached(), tokens.prompt());
    BigDecimal cachedInput = price.cachedInput() == null ? price.input() : price.cachedInput();
    return Optional.of(
        of(price.input(), tokens.prompt() - cached)
            .add(of(cachedInput, cached))
            .add(of(price.output(), tokens.completion()))
            .movePointLeft(PER_MILLION)
            .multiply(BigDecimal.ONE.subtract(discount)));
  }

  private static BigDecimal of(BigDecimal price, long tokens) {
    return price.multiply(BigDecimal.valueOf(tokens));
  }

  /**
   * Dollars as people read them: cents, and below one cent two digits that are not zero.
   *
   * @param dollars an amount from 0
   * @return for example {@code $12.35} or {@code $0.00042}
   */
  public static String text(BigDecimal dollars) {
    if (dollars.signum() == 0) {
      return "$0.00";
    }
    if (dollars.compareTo(CENT) >= 0) {
      return String.format(
          java.util.Locale.ROOT, "$%,.2f", dollars.setScale(2, RoundingMode.HALF_UP));
    }
    int digits = dollars.scale() - dollars.precision() + 2;
    return "$" + dollars.setScale(digits, RoundingMode.HALF_UP).toPlainString();
  }
}

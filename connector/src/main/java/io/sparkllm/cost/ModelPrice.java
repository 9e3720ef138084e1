package io.sparkllm.cost;

import io.sparkllm.LlmOptions;
import io.sparkllm.openai.ServiceTier;
import java.math.BigDecimal;
import java.util.Optional;

/** What the calls of certain options cost. Immutable. */
public final class ModelPrice {
  private final String model;
  private final Prices prices;
  private final Price price;
  private final Tier tier;
  private final String named;

  private ModelPrice(String model, Prices prices, Price price, Tier tier, String named) {
    this.model = model;
    this.prices = prices;
    this.price = price;
    this.tier = tier;
    this.named = named;
  }

  /**
   * Reads the prices.
   *
   * @param options the options of the calls
   * @return the price of their model, known or not
   * @throws IllegalArgumentException as {@link Prices#of}
   */
  public static ModelPrice of(LlmOptions options) {
    Prices prices = Prices.of(options);
    String model = options.model();
    Price price = model == null ? null : prices.price(model).orElse(null);
    if (price == null && options.isLocal()) {
      price = Price.FREE;
    }
    return new ModelPrice(
        model, prices, price, Tier.of(options).orElse(null), ServiceTier.of(options));
  }

  /**
   * What tokens cost in one tier.
   *
   * @param tokens how many
   * @param in the tier
   * @return dollars; empty where the price is unknown
   */
  public Optional<BigDecimal> cost(Tokens tokens, Tier in) {
    return price == null ? Optional.empty() : Cost.of(price, tokens, in);
  }

  /**
   * What tokens cost in the tier that the options name.
   *
   * @param tokens how many
   * @return dollars; empty where the price is unknown
   */
  public Optional<BigDecimal> cost(Tokens tokens) {
    return tier == null ? Optional.empty() : cost(tokens, tier);
  }

  /**
   * The price per token, where it is known.
   *
   * @return null where it is not
   */
  public Price price() {
    return price;
  }

  /**
   * The tier that the options name.
   *
   * @return null where its prices are not known
   */
  public Tier tier() {
    return tier;
  }

  /**
   * Why the price is unknown, and the cure.
   *
   * @return a phrase that goes on after "price unknown:"
   */
  public String unknown() {
    if (price == null) {
      return String.format(
          "%s has no model %s; name a file that has it with the option prices", prices, model);
    }
    return tier == null
        ? "no prices are known for the service tier " + named
        : String.format(
            "%s has no %sDiscount of model %s; name a file that has it with the option prices",
            prices, tier, model);
  }

  /**
   * Where the prices come from.
   *
   * @return file and date
   */
  public String source() {
    return prices.toString();
  }
}

package io.sparkllm.cost;

import java.io.Serializable;
import java.math.BigDecimal;

/**
 * The price of a model, in US dollars per million tokens.
 *
 * @param input of prompts
 * @param cachedInput of prompts that came from the service's cache; null where they cost the same
 * @param output of answers
 * @param batchDiscount the part that the Batch API takes off, from 0 to 1; null where it is unknown
 * @param flexDiscount the part that flex processing takes off; null where it is unknown
 */
public record Price(
    BigDecimal input,
    BigDecimal cachedInput,
    BigDecimal output,
    BigDecimal batchDiscount,
    BigDecimal flexDiscount)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Of what runs here. */
  static final Price FREE =
      new Price(
          BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);
}

package io.sparkllm.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CostTest {
  private static final Price MINI = price("0.15", "0.075", "0.60", "0.5", "0.5");
  private static final Price EMBEDDINGS = price("0.02", null, "0", "0.5", null);

  private static Price price(String... fields) {
    BigDecimal[] amounts = new BigDecimal[fields.length];
    for (int i = 0; i < fields.length; i++) {
      amounts[i] = fields[i] == null ? null : new BigDecimal(fields[i]);
    }
    return new Price(amounts[0], amounts[1], amounts[2], amounts[3], amounts[4]);
  }

  /** By hand: a million at each price, and small numbers that show every digit. */
  @ParameterizedTest
  @CsvSource({
    "1000000, 0, 0, REALTIME, 0.15",
    "0, 0, 1000000, REALTIME, 0.60",
    "1000000, 1000000, 0, REALTIME, 0.075",
    // 600 at 0.15 = 90, 400 at 0.075 = 30, 100 at 0.60 = 60: 180 millionths.
    "1000, 400, 100, REALTIME, 0.000180",
    "1000, 400, 100, BATCH, 0.000090",
    "1000, 400, 100, FLEX, 0.000090",
    "1, 0, 0, REALTIME, 0.00000015",
    "0, 0, 0, BATCH, 0",
    // Nothing sensible, and no negative price.
    "10, 20, 0, REALTIME, 0.00000075"
  })
  void isTheSumOfThreePricesAndADiscount(
      long prompt, long cached, long completion, Tier tier, BigDecimal dollars) {
    assertThat(Cost.of(MINI, new Tokens(prompt, cached, completion), tier).orElseThrow())
        .isEqualByComparingTo(dollars);
  }

  @Test
  void embeddingsArePaidByTheirInputs() {
    Tokens tokens = new Tokens(5_000_000, 0, 0);

    assertThat(Cost.of(EMBEDDINGS, tokens, Tier.REALTIME).orElseThrow())
        .isEqualByComparingTo("0.10");
    assertThat(Cost.of(EMBEDDINGS, tokens, Tier.BATCH).orElseThrow()).isEqualByComparingTo("0.05");
  }

  @Test
  void cachedTokensWithoutAPriceOfTheirOwnCostWhatOthersDo() {
    assertThat(Cost.of(EMBEDDINGS, new Tokens(1_000_000, 500_000, 0), Tier.REALTIME).orElseThrow())
        .isEqualByComparingTo("0.02");
  }

  @Test
  void aTierWithoutAPriceIsUnknownAndNotFree() {
    assertThat(Cost.of(EMBEDDINGS, new Tokens(1, 0, 0), Tier.FLEX)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | $0.00",
        "12.345 | $12.35",
        "1234567.8 | $1,234,567.80",
        "0.01 | $0.01",
        "0.0099 | $0.0099",
        "0.00018049 | $0.00018",
        "0.00000015 | $0.00000015",
        "2E+1 | $20.00"
      })
  void isReadInCentsOrTwoDigits(BigDecimal dollars, String text) {
    assertThat(Cost.text(dollars)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({", REALTIME", "flex, FLEX", "default, REALTIME"})
  void theTierIsTheOneThatTheOptionsName(String serviceTier, Tier tier) {
    LlmOptions options = LlmOptions.defaults().with(Options.SERVICE_TIER, serviceTier);

    assertThat(Tier.of(options)).contains(tier);
  }

  @Test
  void flexCallsThatMayFallBackArePricedAsIfTheyDid() {
    LlmOptions options = LlmOptions.of(Map.of("serviceTier", "flex", "flexFallback", "default"));

    assertThat(Tier.of(options)).contains(Tier.REALTIME);
  }
}

package io.sparkllm.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PricesTest {
  private static final String FILE =
      """
      {"updated": "2026-11-30",
       "models": {
         "gpt-4o": {"input": 2.5, "output": 10},
         "gpt-4o-mini": {"input": 0.15, "cachedInput": 0.075, "output": 0.6},
         "gpt-4o-2024-05-13": {"input": 5, "output": 15},
         "gpt-4": {"input": 30, "output": 60}}}
      """;

  private static BigDecimal input(Prices prices, String model) {
    return prices.price(model).orElseThrow().input();
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o, 2.5",
    "gpt-4o-mini, 0.15",
    "gpt-4o-mini-2024-07-18, 0.15",
    "gpt-4o-2024-08-06, 2.5",
    "gpt-4o-2024-05-13, 5",
    "gpt-4-0613, 30",
    "local, 0",
    "echo, 0"
  })
  void aModelIsFoundByItsNameOrWithoutItsDate(String model, BigDecimal input) {
    assertThat(input(Prices.parse("prices.json", FILE), model)).isEqualByComparingTo(input);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gpt-4o-audio-preview", "gpt-4o-minimal", "ft:gpt-4o-mini-2024-07-18:me", "x"})
  void anotherModelIsUnknown(String model) {
    assertThat(Prices.parse("prices.json", FILE).price(model)).isEmpty();
  }

  @Test
  void theFileWinsOverWhatIsFree() {
    Prices prices =
        Prices.parse(
            "p", "{\"updated\":\"2026-01-01\",\"models\":{\"echo\":{\"input\":7,\"output\":8}}}");

    assertThat(input(prices, "echo")).isEqualByComparingTo("7");
  }

  @Test
  void theShippedOnesSayWhenAndWhence() {
    Prices prices = Prices.of(LlmOptions.defaults());

    assertThat(input(prices, "gpt-4o-mini")).isEqualTo(new BigDecimal("0.15"));
    assertThat(prices.price("text-embedding-3-small").orElseThrow().output())
        .isEqualByComparingTo("0");
    assertThat(prices.toString()).matches("the connector's own prices of 20\\d\\d-\\d\\d-\\d\\d");
  }

  @Test
  void theOptionNamesAFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("mine.json"), FILE);
    LlmOptions options = LlmOptions.defaults().with(Options.PRICES, file.toString());

    assertThat(Prices.of(options).toString()).isEqualTo(file + " of 2026-11-30");
    Files.delete(file);
    assertThatThrownBy(() -> Prices.of(options))
        .hasMessage(
            "Option prices is '" + file + "', which is not there; name a file on the driver");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{ | is no JSON",
        "{'updated':'2026-01-01'} | has no object models",
        "{'updated':'soon','models':{'m':{'input':1,'output':1}}} | has updated 'soon'; allowed: a date",
        "{'updated':'2026-01-01','models':{'m':7}} | model m is 7; allowed: an object of input",
        "{'updated':'2026-01-01','models':{'m':{'input':1}}} | model m has no field output",
        "{'updated':'2026-01-01','models':{'m':{'input':'1','output':1}}} | model m has input '1'; allowed",
        "{'updated':'2026-01-01','models':{'m':{'input':-1,'output':1}}} | model m has input -1; allowed",
        "{'updated':'2026-01-01','models':{'m':{'input':1,'output':1,'cached':1}}} | model m has a field cached; known: input",
        "{'updated':'2026-01-01','models':{'m':{'input':1,'output':1,'batchDiscount':50}}} | model m has batchDiscount 50; allowed: a number from 0 to 1"
      })
  void whatIsWrongIsNamed(String text, String message) {
    assertThatThrownBy(() -> Prices.parse("/data/prices.json", text.replace('\'', '"')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Option prices is '/data/prices.json', which ")
        .hasMessageContaining(message.replace('\'', '"'));
  }
}

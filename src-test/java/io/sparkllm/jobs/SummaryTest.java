package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.CallCounts;
import io.sparkllm.LlmOptions;
import io.sparkllm.cost.Tokens;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private static final CallCounts COUNTED = new CallCounts(1, 0, 1, 0, 8, 4, 0, 0, 0, 2);

  private static final CallPrice PRICE = price("model", "gpt-4o-mini");

  private static CallPrice price(String... options) {
    Map<String, String> texts = new HashMap<>();
    for (int i = 0; i < options.length; i += 2) {
      texts.put(options[i], options[i + 1]);
    }
    return CallPrice.of(LlmOptions.of(texts));
  }

  private static Paid calls(long prompt, long completion) {
    return new Paid(new Tokens(prompt, 0, completion), Tokens.ZERO);
  }

  private static Summary summary(long rows, Map<String, Summary.Failed> errors, Paid paid) {
    return new Summary(rows, errors, paid, new Summary.Failed(0, ""));
  }

  private static String printed(Summary summary) {
    return printed(summary, Optional.empty());
  }

  private static String printed(Summary summary, Optional<String> hint) {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    summary.print(
        new PrintStream(written, true, StandardCharsets.UTF_8),
        "out",
        null,
        COUNTED,
        PRICE,
        Duration.ofSeconds(75),
        hint);
    return written.toString(StandardCharsets.UTF_8);
  }

  @Test
  void anExampleIsOneLineAndNoPage() {
    String message = "Invalid value:\n\t" + "x".repeat(5_000);

    String text = printed(summary(3, Map.of("server", new Summary.Failed(2, message)), null));

    assertThat(text.lines().filter(line -> line.contains("server")))
        .singleElement()
        .asString()
        .matches("  server +2   for example: Invalid value: x{285}…");
    assertThat(text.lines()).contains("answers    1", "errors     2", "time       1:15");
  }

  @Test
  void tokensSayWhereTheyComeFrom() {
    assertThat(printed(summary(1, Map.of(), calls(90, 9))))
        .contains("tokens     99" + System.lineSeparator());
    assertThat(printed(summary(1, Map.of(), null)))
        .contains("tokens     12 (counted while running)");
  }

  @Test
  void theCachedPartOfThePromptsIsToldApart() {
    assertThat(printed(summary(1, Map.of(), null)).lines())
        .contains("  prompts  8, of which 2 cached", "  answers  4");
  }

  @Test
  void aCostSaysWhichPricesItGoesBy() {
    Paid million = calls(1_000_000, 100_000);

    assertThat(PRICE.text(million, 1)).startsWith("$0.21 (the connector's own prices of 20");
    assertThat(price("model", "gpt-4o-mini", "mode", "batch").text(million, 1)).startsWith("$0.21");
    assertThat(
            price("model", "gpt-4o-mini", "mode", "batch")
                .text(new Paid(Tokens.ZERO, million.calls()), 0))
        .startsWith("$0.11 (");
  }

  @Test
  void whatIsNotKnownIsNotNothing() {
    assertThat(price("model", "mine").text(calls(10, 1), 1))
        .startsWith("price unknown: ")
        .contains("no model mine; name a file that has it with the option prices");
    assertThat(PRICE.text(calls(0, 0), 1)).isEqualTo("unknown: the service counts no tokens");
    assertThat(
            price("model", "gpt-4o-mini", "params", "{\"service_tier\": \"flex\"}")
                .text(calls(10, 1), 1))
        .contains("has no flexDiscount of model gpt-4o-mini");
    assertThat(price("endpoint", "local").text(calls(10, 1), 1)).startsWith("$0.00 (");
  }

  @Test
  void aHintIsTheLastLine() {
    Summary summary = summary(1, Map.of(), calls(90, 9));

    assertThat(printed(summary, Optional.of("do this")))
        .endsWith("hint       do this" + System.lineSeparator());
    assertThat(printed(summary)).doesNotContain("hint");
  }

  @Test
  void whatWasThereBeforeIsTakenOff() {
    Summary before = summary(10, Map.of("server", new Summary.Failed(2, "a")), calls(60, 40));
    Summary after =
        summary(
            15,
            Map.of("server", new Summary.Failed(2, "a"), "timeout", new Summary.Failed(3, "b")),
            calls(80, 50));

    assertThat(after.since(before))
        .isEqualTo(summary(5, Map.of("timeout", new Summary.Failed(3, "b")), calls(20, 10)));
  }
}

package io.sparkllm.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  static List<Option<?>> all() {
    return Options.all();
  }

  static List<Option<?>> withDefault() {
    return Options.all().stream().filter(o -> o.defaultValue() != null).toList();
  }

  @ParameterizedTest
  @MethodSource("withDefault")
  void readsTheTextOfItsOwnDefault(Option<?> option) {
    assertThat((Object) option.parse(option.defaultText())).isEqualTo(option.defaultValue());
  }

  @ParameterizedTest
  @MethodSource("all")
  void isFoundUnderEverySpellingOfItsName(Option<?> option) {
    String kebab = option.kebabName();
    List<String> spellings =
        List.of(
            option.name(),
            option.name().toLowerCase(Locale.ROOT),
            option.name().toUpperCase(Locale.ROOT),
            kebab,
            kebab.replace('-', '_'));

    assertThat(spellings).allSatisfy(name -> assertThat(Options.named(name)).isSameAs(option));
  }

  @Test
  void isFoundInATurkishLocaleToo() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr"));
    try {
      assertThat(Options.named("REQUESTSPERMINUTE")).isSameAs(Options.REQUESTS_PER_MINUTE);
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "promt, prompt",
    "requests_per_minutes, requestsPerMinute",
    "max-token, maxTokens",
    "metadata, metadataCol",
    "on-fatl, onFatal",
    "batch-sizes, batchSize",
    "text_column, textCol"
  })
  void offersTheNearestNameForAnUnknownOne(String mistyped, String nearest) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.named(mistyped))
        .withMessage("Unknown option " + mistyped + "; the nearest known is " + nearest);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "concurrency       | 0      | a whole number from 1 to 4096",
        "concurrency       | 4097   | a whole number from 1 to 4096",
        "concurrency       | 6.5    | a whole number from 1 to 4096",
        "maxAttempts       | many   | a whole number from 1 to 100",
        "requestsPerMinute | -1     | a whole number from 1 to 100000000",
        "tokensPerMinute   | 1e6    | a whole number from 1 to 1000000000000",
        "temperature       | 2.01   | a number from 0.0 to 2.0",
        "temperature       | NaN    | a number from 0.0 to 2.0",
        "maxErrorRatio     | -0.1   | a number from 0.0 to 1.0",
        "requestTimeout    | 9ms    | a time from 10ms to 2h, such as 500ms, 180s or 15min",
        "requestTimeout    | 3h     | a time from 10ms to 2h, such as 500ms, 180s or 15min",
        "rowTimeout        | soon   | a time from 10ms to 48h, such as 500ms, 180s or 15min",
        "ordered           | yes    | true or false",
        "authHeader        | basic  | bearer, api-key, none",
        "api               | embed  | chat, responses, embeddings, moderations",
        "mode              | bulk   | realtime, array, packed, batch",
        "batchSize         | 0      | a whole number from 1 to 2048",
        "batchSize         | 2049   | a whole number from 1 to 2048",
        "dimensions        | 0      | a whole number from 1 to 100000",
        "maxInputTokens    | 8k     | a whole number from 1 to 10000000",
        "truncate          | middle | none, head, tail",
        "schemaRetries     | 11     | a whole number from 0 to 10",
        "dialect           | azure  | openai, vllm",
        "arrayFallback     | batch  | none, realtime",
        "task              | label  | classify, sentiment, summarize, translate, extract, embed, moderate",
        "labels            | ,      | labels separated by commas, or a JSON object from label to description",
        "serviceTier       | a b    | a word such as auto, default, flex, priority or scale",
        "onFatal           | ignore | fail, column",
        "params            | [1]    | a JSON object such as {\"top_p\": 0.9}",
        "params            | {\"a\" | a JSON object such as {\"top_p\": 0.9}",
      })
  void saysNameValueAndWhatIsAllowed(String name, String value, String allowed) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.named(name).parse(value))
        .withMessage("Option " + name + " is '" + value + "'; allowed: " + allowed);
  }

  @ParameterizedTest
  @MethodSource("all")
  void refusesABlankTextInsteadOfTakingItForAValue(Option<?> option) {
    assertThatIllegalArgumentException().isThrownBy(() -> option.parse(" "));
  }

  @Test
  void refusesATimeThatNoLongCanHold() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.ROW_TIMEOUT.parse("9223372036854775807h"))
        .withMessageStartingWith("Option rowTimeout is '9223372036854775807h'; allowed: a time");
  }

  @Test
  void refusesADurationThatNoLongCanHold() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.ROW_TIMEOUT.parse(ChronoUnit.FOREVER.getDuration()))
        .withMessageStartingWith("Option rowTimeout is ");
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "180, PT3M",
    "180s, PT3M",
    "3 min, PT3M",
    "3 Minutes, PT3M",
    "2h, PT2H",
    "1500 millis, PT1.5S"
  })
  void readsTimesAsPeopleWriteThem(String text, Duration expected) {
    assertThat(Options.REQUEST_TIMEOUT.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0.01S", "PT1.5S", "PT59S", "PT1M", "PT90S", "PT2H"})
  void writesTimesInAFormThatItReads(Duration time) {
    String text = Options.REQUEST_TIMEOUT.format(time);

    assertThat(Options.REQUEST_TIMEOUT.parse(text)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(strings = {"api-key", "API_KEY", " Api-Key "})
  void readsChoicesHoweverTheyAreWritten(String text) {
    assertThat(Options.AUTH_HEADER.parse(text)).isEqualTo(Options.AuthHeader.API_KEY);
  }

  @Test
  void refusesWhatStandsBehindAJsonObject() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.PARAMS.parse("{\"a\":1} {\"b\":2}"));
  }

  @Test
  void takesHeadersAsAMap() {
    assertThat(Options.HEADERS.parse(Map.of("X-Team", "da\"ta")))
        .isEqualTo("{\"X-Team\":\"da\\\"ta\"}");
  }

  @Test
  void hidesTheValueOfAnotherThanTextHeader() {
    assertThatThrownBy(() -> Options.HEADERS.parse("{\"X-Token\": [\"hunter2\"]}"))
        .hasMessageStartingWith("Option headers is <hidden>; allowed:")
        .hasStackTraceContaining("X-Token")
        .satisfies(e -> assertThat(e).hasMessageNotContaining("hunter2"));
  }

  @Test
  void cutsLongValuesInMessages() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.PARAMS.parse("x".repeat(1000)))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
  }

  @ParameterizedTest
  @MethodSource("all")
  void standsInTheReferenceTable(Option<?> option) {
    assertThat(Options.markdownTable()).contains("| `" + option.name() + "` |");
  }

  @ParameterizedTest
  @MethodSource("all")
  void isExplainedInOneLine(Option<?> option) {
    assertThat(option.doc()).isNotBlank().doesNotContain("\n");
  }

  @Test
  void writesTheReferenceTableWithTheSameLineEndsEverywhere() {
    assertThat(Options.markdownTable()).doesNotContain("\r");
  }

  @Test
  void keepsOnlyKeysAndHeadersFromPrints() {
    assertThat(Options.all())
        .filteredOn(Option::isSensitive)
        .extracting(Option::name)
        .containsExactlyInAnyOrder("apiKey", "headers");
  }

  @Test
  void aSecretGivenAsItselfStaysItself() {
    assertThat(Options.API_KEY.parse(Secret.of("sk-4711")).reveal()).isEqualTo("sk-4711");
  }
}

package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.ReplyReader.Reading;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModerationsCodecTest {
  private final Inputs inputs = new Inputs("moderations");

  private static String result(boolean flagged) {
    return "{\"flagged\":"
        + flagged
        + ",\"categories\":{\"hate\":"
        + flagged
        + ",\"illicit\":null},\"category_scores\":{\"hate\":0.25,\"illicit\":null},"
        + "\"category_applied_input_types\":{\"hate\":[\"text\"]}}";
  }

  private static String value(boolean flagged) {
    return "{\"flagged\":%1$s,\"categories\":{\"hate\":%1$s},\"scores\":{\"hate\":0.25}}"
        .formatted(flagged);
  }

  private static String reply(String... results) {
    return "{\"id\":\"modr-1\",\"model\":\"m-1\",\"results\":[" + String.join(",", results) + "]}";
  }

  @Test
  void asksForOneText() {
    assertThat(inputs.encoded("hi")).isEqualTo("{\"model\":\"m\",\"input\":\"hi\"}");
  }

  @Test
  void asksForManyTextsInOneArray() {
    assertThat(inputs.body("a", "b")).isEqualTo("{\"model\":\"m\",\"input\":[\"a\",\"b\"]}");
  }

  @Test
  void refusesParamsThatTheConnectorSetsItself() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Inputs("moderations", "params", "{\"input\": 1}"))
        .withMessageStartingWith("Option params sets input");
  }

  @Test
  void takesTextsOfAnyLength() {
    assertThat(inputs.input("x".repeat(1_000_000))).hasSize(1_000_002);
  }

  @Test
  void chargesNoTokensOfAnAnswer() {
    assertThat(ApiCodec.of(Codecs.options("api", "moderations"), true).maxTokens()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givesFlagCategoriesAndScoresWithoutThoseThatAreNull(boolean flagged) {
    assertThat(Codecs.answer("moderations", reply(result(flagged))))
        .isEqualTo(new Outcome.Answer(value(flagged), "m-1", null, Usage.UNKNOWN, null));
  }

  @Test
  void givesAFlagWithoutCategories() {
    assertThat(inputs.told(1, reply("{\"flagged\":true}")))
        .containsExactly("{\"flagged\":true,\"categories\":{},\"scores\":{}}");
  }

  @Test
  void putsResultsToTheirInputsByPosition() {
    assertThat(inputs.told(3, reply(result(true), result(false), result(true))))
        .containsExactly(value(true), value(false), value(true));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void trustsNoPositionWhereTheNumberOfResultsIsWrong(int inputs) {
    assertThat(
            this.inputs.told(
                2, reply(Collections.nCopies(inputs, result(true)).toArray(String[]::new))))
        .containsExactly("null", "null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"null", "{}", "[]", "7", "{'flagged':null}", "{'flagged':'yes'}"},
      quoteCharacter = '`')
  void failsOnlyTheRowWithoutAFlag(String result) {
    assertThat(inputs.told(2, reply(result(true), result.replace('\'', '"'))))
        .containsExactly(value(true), "invalid_response");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"results\":null}", "{\"results\":{\"flagged\":true}}"})
  void asksAgainWhereThereIsNoList(String reply) {
    assertThat(Codecs.failure("moderations", 200, Map.of(), reply))
        .extracting(f -> f.error().type(), Failure::reaction)
        .containsExactly(ErrorType.INVALID_RESPONSE, Reaction.RETRY);
    assertThat(((Reading.NotAnswered) inputs.read(List.of("a"), Map.of(), reply)).failure())
        .extracting(f -> f.error().type(), Failure::reaction)
        .containsExactly(ErrorType.INVALID_RESPONSE, Reaction.RETRY);
  }
}

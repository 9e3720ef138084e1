package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.prompt.InvalidInputException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingsCodecTest {
  /** Of 1.0 and -2.5. */
  private static final String VECTOR = "AACAPwAAIMA=";

  private static Inputs with(String... options) {
    return new Inputs("embeddings", options);
  }

  private static String reply(String embedding) {
    return "{\"object\":\"list\",\"model\":\"m-1\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
        + "\"embedding\":"
        + embedding
        + "}],\"usage\":{\"prompt_tokens\":7,\"total_tokens\":7}}";
  }

  @Test
  void asksForOneTextInBase64() {
    assertThat(with().encoded("hi"))
        .isEqualTo("{\"model\":\"m\",\"encoding_format\":\"base64\",\"input\":\"hi\"}");
  }

  @Test
  void addsDimensionsAndParams() {
    assertThat(with("dimensions", "3", "params", "{\"user\": \"u\"}").encoded("hi"))
        .isEqualTo(
            "{\"model\":\"m\",\"dimensions\":3,\"user\":\"u\",\"encoding_format\":\"base64\","
                + "\"input\":\"hi\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"encoding_format", "input", "stream", "model"})
  void refusesParamsThatTheConnectorSetsItself(String field) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("params", "{\"" + field + "\": \"float\"}"))
        .withMessageStartingWith("Option params sets " + field);
  }

  @Test
  void escapesAnyText() throws Exception {
    String text = "\"q\" \\ \n \u0000 \u2028 🙂 ä";

    assertThat(Codecs.JSON.readTree(with().encoded(text)).path("input").textValue())
        .isEqualTo(text);
  }

  @Test
  void chargesNoTokensOfAnAnswer() {
    assertThat(ApiCodec.of(Codecs.options("api", "embeddings"), true).maxTokens()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"x, 8", "ä, 4", "🙂, 2"})
  void takesATextOfAsManyTokensAsAllowed(String character, int times) {
    assertThat(with("maxInputTokens", "2").input(character.repeat(times))).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({"x, 9", "ä, 5", "🙂, 3"})
  void refusesALongerTextAndSaysTheCure(String character, int times) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> with("maxInputTokens", "2").input(character.repeat(times)))
        .withMessageContaining("about 3 tokens, above maxInputTokens (2)")
        .withMessageContaining("truncate to head or tail")
        .satisfies(e -> assertThat(e.code()).isEqualTo("input_too_long"));
  }

  @Test
  void takesAboutEightThousandTokensUnlessTold() {
    assertThat(with().input("x".repeat(4 * 8192))).hasSize(4 * 8192 + 2);
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> with().input("x".repeat(4 * 8192 + 1)));
  }

  @ParameterizedTest
  @CsvSource({
    "head, abcdefghi, abcdef",
    "tail, abcdefghi, defghi",
    "head, ääääää, äää",
    "tail, ääääää, äää",
    "head, a🙂🙂🙂, a🙂",
    "tail, 🙂🙂🙂a, 🙂a",
    "head, 🙂🙂🙂🙂, 🙂",
    "tail, 🙂🙂🙂🙂, 🙂",
    "head, €€€€€€, €€",
    "tail, abcdefgh, abcdefgh",
  })
  void cutsALongerTextBetweenCharacters(String end, String text, String kept) throws Exception {
    String input = with("maxInputTokens", "2", "truncate", end).input(text);

    assertThat(Codecs.JSON.readTree(input).textValue()).isEqualTo(kept);
  }

  @ParameterizedTest
  @ValueSource(strings = {"head", "tail"})
  void keepsACharacterHoweverLowTheLimit(String end) throws Exception {
    String input = with("maxInputTokens", "1", "truncate", end).input("🙂🙂");

    assertThat(Codecs.JSON.readTree(input).textValue()).isEqualTo("🙂");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"AACAPwAAIMA=\"", "\"AACAPwAAIMA\"", "[1.0,-2.5]", "[1,-25e-1]"})
  void givesTheVectorInOneFormHoweverItCame(String embedding) {
    assertThat(Codecs.answer("embeddings", reply(embedding)))
        .isEqualTo(new Outcome.Answer(VECTOR, "m-1", null, new Usage(7L, null, 0L, 7L), null));
    assertThat(Vectors.parse(VECTOR)).containsExactly(1.0f, -2.5f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"",
        "\"not base64!\"",
        "\"MTIzNDU=\"",
        "\"AADAfw==\"",
        "\"AACAfw==\"",
        "[]",
        "[1,\"2\"]",
        "[1,null]",
        "[1e39]",
        "null",
        "7",
        "{}",
      })
  void refusesWhatIsNoVectorOfFiniteNumbers(String embedding) {
    assertThat(Codecs.failure("embeddings", 200, Map.of(), reply(embedding)))
        .extracting(f -> f.error().type(), f -> f.error().code(), Failure::reaction)
        .containsExactly(ErrorType.INVALID_RESPONSE, "no_vector", Reaction.RETRY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"data\":{}}",
        "{\"data\":[]}",
        "{\"data\":[7]}",
        "{\"data\":[{\"index\":1,\"embedding\":\"AACAPwAAIMA=\"}]}",
      })
  void refusesAReplyWithoutTheInputsVector(String reply) {
    assertThat(Codecs.failure("embeddings", 200, Map.of(), reply))
        .extracting(f -> f.error().type(), Failure::reaction)
        .containsExactly(ErrorType.INVALID_RESPONSE, Reaction.RETRY);
  }

  @ParameterizedTest
  @CsvSource({"dimensions, 3", "params, {\"dimensions\":3}"})
  void refusesAVectorOfAnotherLengthThanWasAskedFor(String option, String value) {
    Reading row = with(option, value).each(1, reply("\"" + VECTOR + "\"")).rows().get(0);

    assertThat(((Reading.NotAnswered) row).failure().error())
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo("wrong_dimensions");
              assertThat(e.message()).contains("has 2 numbers, but dimensions is 3");
            });
  }

  @Test
  void takesAVectorOfTheLengthThatWasAskedFor() {
    assertThat(with("dimensions", "2").told(1, reply("[1.0,-2.5]"))).isEqualTo(List.of(VECTOR));
  }
}

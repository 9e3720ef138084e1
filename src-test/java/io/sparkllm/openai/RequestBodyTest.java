package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {
  private static String chat(String... options) {
    return Codecs.body(Codecs.options(options), true, "hi").toString();
  }

  @Test
  void asksAChatWithNothingButModelAndMessages() {
    assertThat(chat())
        .isEqualTo("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
  }

  @Test
  void asksForAResponseThatIsNotStored() {
    assertThat(chat("api", "responses", "system", "s"))
        .isEqualTo(
            "{\"model\":\"m\",\"store\":false,\"input\":[{\"role\":\"system\",\"content\":\"s\"},"
                + "{\"role\":\"user\",\"content\":\"hi\"}]}");
  }

  @ParameterizedTest
  @CsvSource({
    "chat, true, max_completion_tokens",
    "chat, false, max_tokens",
    "responses, true, max_output_tokens",
    "responses, false, max_output_tokens"
  })
  void namesTheLengthLimitAsTheServerKnowsIt(String api, boolean openAi, String field) {
    JsonNode body = Codecs.body(Codecs.options("api", api, "maxTokens", "7"), openAi, "hi");

    assertThat(body.path(field).asInt()).isEqualTo(7);
  }

  @Test
  void addsTheFieldsOfParams() {
    assertThat(chat("params", "{\"top_p\": 0.5, \"stop\": [\"x\", null]}"))
        .contains("\"top_p\":0.5,\"stop\":[\"x\",null]");
  }

  @Test
  void letsParamsWinOverTheShorthands() {
    assertThat(chat("temperature", "1", "params", "{\"temperature\": 0}"))
        .contains("\"temperature\":0,")
        .doesNotContain("1.0");
  }

  @Test
  void letsParamsSwitchStoringOn() {
    assertThat(chat("api", "responses", "params", "{\"store\": true}")).contains("\"store\":true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"messages", "input", "stream", "n", "model"})
  void refusesWhatTheConnectorSetsItself(String field) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> chat("params", "{\"" + field + "\": null}"))
        .withMessageStartingWith("Option params sets " + field);
  }

  @Test
  void keepsTheNumbersOfParamsAsTheyAre() {
    assertThat(chat("params", "{\"seed\": 9007199254740993, \"x\": 1.10}"))
        .contains("\"seed\":9007199254740993");
  }

  @Test
  void escapesAnyText() {
    String text = "\"q\" \\ \n \u0000 \u2028 🙂 ä";

    assertThat(
            Codecs.body(Codecs.options(), true, text)
                .path("messages")
                .path(0)
                .path("content")
                .textValue())
        .isEqualTo(text);
  }

  @Test
  void passesContentPartsThrough() {
    String talk =
        "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"u\"}}]}]";
    JsonNode body =
        Codecs.body(
            Codecs.options()
                .with(io.sparkllm.config.Options.PROMPT, null)
                .with(io.sparkllm.config.Options.MESSAGES_COL, "text"),
            true,
            talk);

    assertThat(body.path("messages")).hasToString(talk);
  }
}

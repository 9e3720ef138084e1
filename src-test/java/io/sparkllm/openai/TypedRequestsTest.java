package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.openai.ReplyReader.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema in requests of each form, and what is made of answers and refusals. */
class TypedRequestsTest {
  private static final String RETURNS = "label STRING NOT NULL, n DECIMAL(30,10)";
  private static final String SCHEMA =
      "{'type':'object','properties':{'label':{'type':'string'},'n':{'type':['number','null'],"
          + "'description':'at most 20 digits before the point and 10 behind'}},"
          + "'required':['label','n'],'additionalProperties':false}";

  private static JsonNode json(String quoted) throws IOException {
    return Codecs.JSON.readTree(quoted.replace('\'', '"'));
  }

  private static JsonNode tree(byte[] json) throws IOException {
    return Codecs.JSON.readTree(new String(json, StandardCharsets.UTF_8));
  }

  private static TypedAnswers typed(String api) {
    return ApiCodec.of(Codecs.options("api", api, "returns", RETURNS), true).typed();
  }

  private static byte[] bytes(String quoted) {
    return quoted.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void chatIsToldTheSchema() throws IOException {
    JsonNode body = Codecs.body(Codecs.options("returns", RETURNS), true, "x");

    assertThat(body.get("response_format"))
        .isEqualTo(
            json(
                "{'type':'json_schema','json_schema':{'name':'answer','schema':"
                    + SCHEMA
                    + ",'strict':true}}"));
  }

  @Test
  void responsesAreToldTheSchemaBesideWhatParamsSaysOfTexts() throws IOException {
    LlmOptions options =
        Codecs.options(
            "api", "responses", "returns", RETURNS, "params", "{\"text\":{\"verbosity\":\"low\"}}");

    assertThat(Codecs.body(options, true, "x").get("text"))
        .isEqualTo(
            json(
                "{'verbosity':'low','format':{'type':'json_schema','name':'answer','schema':"
                    + SCHEMA
                    + ",'strict':true}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chat      | {\"response_format\":null}                   | response_format",
        "responses | {\"text\":{\"format\":{\"type\":\"text\"}}}  | text.format"
      })
  void paramsMustNotSetTheSame(String api, String params, String field) {
    LlmOptions options = Codecs.options("api", api, "returns", RETURNS, "params", params);

    assertThatThrownBy(() -> ApiCodec.of(options, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Option params sets "
                + field
                + ", which returns sets too; take it out of params, or leave returns out");
  }

  @ParameterizedTest
  @CsvSource({"chat, /response_format/json_schema", "responses, /text/format"})
  void aPackedPromptAsksForTheSchemaInEachPlace(String api, String at) throws IOException {
    Forms forms = Forms.of("mode", "packed", "api", api, "returns", RETURNS);

    JsonNode body = forms.body("a", "b");

    JsonNode format = body.at(at);
    assertThat(format.get("name").asText()).isEqualTo("packed_answers");
    assertThat(format.at("/schema/properties/answers/items/properties/answer"))
        .isEqualTo(json(SCHEMA));
    assertThat(body.toString()).contains("its \\\"answer\\\", an object.");
    // A row by itself is asked as in the other modes.
    byte[] alone = forms.codec().alone(forms.items("a").get(0));
    assertThat(tree(alone)).isEqualTo(Codecs.JSON.readTree(forms.encoded("a")));
    assertThat(tree(alone).at(at).get("schema")).isEqualTo(json(SCHEMA));
  }

  @Test
  void eachAnswerOfAPackedPromptIsCheckedAndKeepsItsDigits() {
    Forms forms = Forms.of("mode", "packed", "returns", RETURNS);
    List<String> ids = PackedPrompt.ids(forms.items("a", "b"));
    String first =
        "{'id':'" + ids.get(0) + "','answer':{'label':'x','n':12345678901234567890.0123456789}}";
    String second = "{'id':'" + ids.get(1) + "','answer':{'label':'y'}}";
    String list = "{'answers':[" + first + "," + second + "]}";
    String reply =
        "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\""
            + list.replace("'", "\\\"")
            + "\"}}]}";

    Reading.Each each = (Reading.Each) forms.read(reply, "a", "b");

    assertThat(((Reading.Answered) each.rows().get(0)).answer().text())
        .isEqualTo("{\"label\":\"x\",\"n\":12345678901234567890.0123456789}");
    Failure failure = ((Reading.NotAnswered) each.rows().get(1)).failure();
    assertThat(failure.misfit()).isEqualTo("{\"label\":\"y\"}");
    assertThat(failure.error().type()).isEqualTo(ErrorType.SCHEMA_MISMATCH);
    assertThat(failure.error().message())
        .isEqualTo("The answer does not fit returns: $.n is missing; it reads: {\"label\":\"y\"}");
    assertThat(failure.error().requestId()).isEqualTo("q7");
  }

  @ParameterizedTest
  @CsvSource({"chat, messages", "responses, input"})
  void aCorrectionIsAConversation(String api, String field) throws IOException {
    byte[] asked = bytes("{'model':'m','" + field + "':[{'role':'user','content':'x'}]}");

    JsonNode again = tree(typed(api).again(asked, "{\"label\":7}"));

    assertThat(again)
        .isEqualTo(
            json(
                "{'model':'m','"
                    + field
                    + "':[{'role':'user','content':'x'},"
                    + "{'role':'assistant','content':'{\\'label\\':7}'},"
                    + "{'role':'user','content':'That answer does not fit the JSON schema: $.label"
                    + " is a number, not a text. Reply with the corrected JSON alone.'}]}"));
  }

  @Test
  void theSchemaMovesIntoThePrompt() throws IOException {
    String format =
        "'response_format':{'type':'json_schema','json_schema':{'schema':{'type':'object'}}}";
    String told =
        "Reply with one JSON object alone, without any other text, that fits this JSON schema:"
            + " {\\'type\\':\\'object\\'}";
    String plain = "'response_format':{'type':'json_object'}";
    TypedAnswers chat = typed("chat");

    assertThat(
            tree(
                chat.withoutSchema(
                    bytes("[{" + format + ",'messages':[{'role':'user','content':'x'}]}]"))))
        .isEqualTo(
            json(
                "[{"
                    + plain
                    + ",'messages':[{'role':'system','content':'"
                    + told
                    + "'},{'role':'user','content':'x'}]}]"));
    assertThat(
            tree(
                chat.withoutSchema(
                    bytes("{" + format + ",'messages':[[{'role':'system','content':'s'}]]}"))))
        .isEqualTo(
            json(
                "{"
                    + plain
                    + ",'messages':[[{'role':'system','content':'s\\n\\n"
                    + told
                    + "'}]]}"));
    assertThat(
            tree(typed("responses")
                    .withoutSchema(
                        bytes(
                            "{'text':{'verbosity':'low','format':{'type':'json_schema',"
                                + "'schema':{}}},'input':[]}")))
                .get("text"))
        .isEqualTo(json("{'verbosity':'low','format':{'type':'json_object'}}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this"
            + " model. Learn more about supported models at the Structured Outputs guide",
        "Invalid parameter: 'text.format' of type 'json_schema' is not supported",
        "This response_format type is unavailable now",
        "This model does not support response format `json_schema`.",
        "response_format type must be one of \\\"text\\\" or \\\"json_object\\\"",
        "Unrecognized request argument supplied: response_format",
        "response_format value as json_schema is enabled only for api versions 2024-08-01-preview"
            + " and later",
        "body.response_format.type: Input should be 'text' or 'json_object'"
      })
  void aServiceThatKnowsNoSchemasIsRecognised(String message) {
    String body =
        "{\"error\":{\"message\":\"" + message + "\",\"type\":\"invalid_request_error\"}}";

    assertThat(typed("chat").isUnknown(Codecs.failure(400, body))).isTrue();
    assertThat(typed("chat").isUnknown(Codecs.failure(500, body))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Invalid schema for response_format 'answer': In context=(), 'required' is required",
        "This model's maximum context length is 8192 tokens",
        "Invalid value for temperature"
      })
  void otherRefusalsAreTakenAsTheyAre(String message) {
    String body =
        "{\"error\":{\"message\":\"" + message + "\",\"type\":\"invalid_request_error\"}}";

    assertThat(typed("chat").isUnknown(Codecs.failure(400, body))).isFalse();
  }
}

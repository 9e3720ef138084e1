package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.openai.Failure.Reaction;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyReaderTest {
  private static String chat(String message, String finish) {
    return "{\"id\":\"x\",\"model\":\"m-1\",\"service_tier\":\"default\",\"choices\":[{\"index\":0,"
        + "\"message\":"
        + message
        + ",\"finish_reason\":"
        + finish
        + "}],\"usage\":{\"prompt_tokens\":24,\"completion_tokens\":15,\"total_tokens\":39,"
        + "\"prompt_tokens_details\":{\"cached_tokens\":8}}}";
  }

  private static String response(String status, String more) {
    return "{\"object\":\"response\",\"model\":\"m-1\",\"status\":\""
        + status
        + "\",\"error\":null,\"usage\":{\"input_tokens\":5,\"output_tokens\":7,\"total_tokens\":12,"
        + "\"input_tokens_details\":{\"cached_tokens\":2}}"
        + more
        + "}";
  }

  private static String output(String content) {
    return ",\"output\":[{\"type\":\"reasoning\",\"summary\":[]},{\"type\":\"message\","
        + "\"content\":["
        + content
        + "]}]";
  }

  @Test
  void givesTheAnswerOfAChatWithAllThatTheServiceSays() {
    assertThat(Codecs.answer("chat", chat("{\"content\":\"4\"}", "\"stop\"")))
        .isEqualTo(new Outcome.Answer("4", "m-1", "stop", new Usage(24L, 8L, 15L, 39L), "default"));
  }

  @Test
  void givesAnAnswerWithoutUsage() {
    assertThat(Codecs.answer("chat", "{\"choices\":[{\"message\":{\"content\":\"4\"}}]}").usage())
        .isEqualTo(Usage.UNKNOWN);
  }

  @Test
  void joinsTheTextPartsOfAnAnswer() {
    String parts =
        "{\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"x\"},null,"
            + "{\"type\":\"text\",\"text\":\"b\"},{\"type\":\"text\"}]}";

    assertThat(Codecs.answer("chat", chat(parts, "\"stop\"")).text()).isEqualTo("ab");
  }

  @Test
  void givesTheTextThatWasCutByLength() {
    assertThat(Codecs.answer("chat", chat("{\"content\":\"4 is\"}", "\"length\"")))
        .extracting(Outcome.Answer::text, Outcome.Answer::finishReason)
        .containsExactly("4 is", "length");
  }

  @Test
  void givesAnEmptyAnswer() {
    assertThat(Codecs.answer("chat", chat("{\"content\":\"\"}", "\"stop\"")).text()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'content':null,'refusal':'I cannot'}             | 'stop'           | REFUSAL          | ROW",
        "{'content':'','refusal':null}                     | 'content_filter' | CONTENT_FILTER   | ROW",
        "{'content':'part','refusal':null}                 | 'content_filter' | CONTENT_FILTER   | ROW",
        "{'content':null}                                  | 'length'         | TRUNCATED        | ROW",
        "{'content':''}                                    | 'length'         | TRUNCATED        | ROW",
        "{'content':null,'tool_calls':[{'id':'c'}]}        | 'tool_calls'     | INVALID_REQUEST  | ROW",
        "{'content':null}                                  | 'stop'           | INVALID_RESPONSE | ROW",
        "{'content':null,'tool_calls':[]}                  | 'stop'           | INVALID_RESPONSE | ROW",
        "{'content':7}                                     | 'stop'           | INVALID_RESPONSE | ROW",
        "{'content':{'text':'a'}}                          | null             | INVALID_RESPONSE | ROW",
        "{}                                                | null             | INVALID_RESPONSE | ROW",
        "null                                              | null             | INVALID_RESPONSE | RETRY",
        "[]                                                | null             | INVALID_RESPONSE | RETRY",
      },
      quoteCharacter = '`')
  void tellsWhyAChatHoldsNoAnswer(
      String message, String finish, ErrorType type, Reaction reaction) {
    Failure failure =
        Codecs.failure(200, chat(message.replace('\'', '"'), finish.replace('\'', '"')));

    assertThat(failure)
        .extracting(f -> f.error().type(), Failure::reaction)
        .containsExactly(type, reaction);
  }

  @Test
  void keepsTheUsageOfARefusalThatWasPaidFor() {
    assertThat(
            Codecs.failure(200, chat("{\"refusal\":\"no\"}", "\"stop\""))
                .error()
                .usage()
                .totalTokens())
        .isEqualTo(39);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "not json",
        "{\"choices\":[{\"mess",
        "null",
        "[]",
        "17",
        "\"text\"",
        "{}",
        "{\"choices\":null}",
        "{\"choices\":[]}",
        "{\"choices\":{}}",
        "{\"choices\":[null]}",
        "{\"object\":\"list\",\"data\":[]}",
        "<html>"
      })
  void asksAgainWhenAReplyIsNoChat(String body) {
    assertThat(Codecs.failure(200, body))
        .extracting(f -> f.error().type(), Failure::reaction, f -> f.error().status())
        .containsExactly(ErrorType.INVALID_RESPONSE, Reaction.RETRY, 200);
  }

  @Test
  void readsAnErrorBehindAGoodStatus() {
    assertThat(Codecs.failure(200, "{\"error\":{\"code\":429,\"message\":\"slow down\"}}"))
        .extracting(f -> f.error().type(), Failure::reaction, f -> f.error().status())
        .containsExactly(ErrorType.RATE_LIMITED, Reaction.THROTTLE, 429);
  }

  @Test
  void givesTheTextBehindTheReasoningOfAResponse() {
    String body =
        response(
            "completed",
            output(
                "{\"type\":\"output_text\",\"text\":\"a\"},{\"type\":\"output_text\",\"text\":\"b\"}"));

    assertThat(Codecs.answer("responses", body))
        .isEqualTo(new Outcome.Answer("ab", "m-1", "stop", new Usage(5L, 2L, 7L, 12L), null));
  }

  @Test
  void givesTheTextOfAResponseThatWasCutByLength() {
    String body =
        response(
            "incomplete",
            ",\"incomplete_details\":{\"reason\":\"max_output_tokens\"}"
                + output("{\"type\":\"output_text\",\"text\":\"a\"}"));

    assertThat(Codecs.answer("responses", body).finishReason()).isEqualTo("length");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "incomplete | ,'incomplete_details':{'reason':'max_output_tokens'}           | TRUNCATED        | ROW",
        "incomplete | ,'incomplete_details':{'reason':'content_filter'}              | CONTENT_FILTER   | ROW",
        "completed  | ,'output':[{'content':[{'type':'refusal','refusal':'no'}]}]    | REFUSAL          | ROW",
        "completed  | ,'output':[{'content':[{'type':'refusal'}]}]                   | REFUSAL          | ROW",
        "failed     | ,'error':{'code':'server_error','message':'x'}                 | SERVER           | RETRY",
        "failed     | ,'error':{'code':'rate_limit_exceeded','message':'x'}          | RATE_LIMITED     | THROTTLE",
        "failed     | ,'error':{'code':'invalid_prompt','message':'x'}               | INVALID_REQUEST  | ROW",
        "failed     | ,'error':null                                                  | INVALID_RESPONSE | RETRY",
        "completed  | ,'output':[]                                                   | INVALID_RESPONSE | ROW",
        "in_progress| ,'output':[]                                                   | INVALID_RESPONSE | ROW",
        "completed  | ,'output':'text'                                               | INVALID_RESPONSE | ROW",
      })
  void tellsWhyAResponseHoldsNoAnswer(
      String status, String more, ErrorType type, Reaction reaction) {
    Failure failure =
        Codecs.failure("responses", 200, Map.of(), response(status, more.replace('\'', '"')));

    assertThat(failure)
        .extracting(f -> f.error().type(), Failure::reaction)
        .containsExactly(type, reaction);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 500})
  void keepsTheIdOfTheRequest(int status) {
    assertThat(
            Codecs.failure("chat", status, Map.of("x-request-id", "req_1"), "{}")
                .error()
                .requestId())
        .isEqualTo("req_1");
  }

  @Test
  void tellsMessagesOnOneLine() {
    assertThat(
            Codecs.failure(400, "{\"error\":{\"message\":\"a\\n\\tb\\r\\n c \"}}")
                .error()
                .message())
        .isEqualTo("a b c");
  }

  @Test
  void cutsLongMessages() {
    assertThat(Codecs.failure(400, "x".repeat(10_000)).error().message()).hasSizeLessThan(600);
  }

  @Test
  void cutsLongMessagesBetweenCharacters() {
    String message =
        Codecs.failure(400, "{\"message\":\"x" + "🙂".repeat(600) + "\"}").error().message();

    assertThat(message).endsWith("🙂…");
  }

  @Test
  void takesSecretsOutOfMessages() {
    assertThat(Codecs.failure(401, "{\"message\":\"bad key sk-4711\"}").error().message())
        .isEqualTo("bad key <hidden>");
  }

  @Test
  void takesSecretsOutOfCodes() {
    assertThat(Codecs.failure(400, "{\"code\":\"bad:sk-4711\"}").error().code())
        .isEqualTo("bad:<hidden>");
  }

  @Test
  void leavesNoPieceOfASecretWhereAMessageIsCut() {
    String body = "{\"message\":\"" + "x".repeat(497) + "sk-4711\"}";

    assertThat(Codecs.failure(400, body).error().message()).doesNotContain("sk-");
  }
}

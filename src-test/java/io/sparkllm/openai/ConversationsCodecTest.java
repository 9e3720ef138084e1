package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.ReplyReader.Reading;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationsCodecTest {
  private static final Forms VLLM =
      Forms.of("mode", "array", "dialect", "vllm", "system", "s", "maxTokens", "7");

  private static String choice(Object index, String message, String finish) {
    return "{'index':" + index + ",'message':" + message + ",'finish_reason':'" + finish + "'}";
  }

  private static String choice(Object index, String text) {
    return choice(index, "{'content':'" + text + "'}", "stop");
  }

  private static String reply(String... choices) {
    return ("{'model':'m-1','service_tier':'default','choices':["
            + String.join(",", choices)
            + "],'usage':{'prompt_tokens':40,'completion_tokens':8,'total_tokens':48,"
            + "'prompt_tokens_details':{'cached_tokens':4}}}")
        .replace('\'', '"');
  }

  @Test
  void sendsTheSharedParametersOnce() {
    JsonNode body = VLLM.body("a", "ä\n");

    assertThat(body)
        .hasToString(
            "{\"model\":\"m\",\"max_tokens\":7,\"messages\":["
                + "[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"a\"}],"
                + "[{\"role\":\"system\",\"content\":\"s\"},"
                + "{\"role\":\"user\",\"content\":\"ä\\n\"}]]}");
  }

  @Test
  void asksForOneRowAsItWouldBeAskedAlone() {
    assertThat(Forms.text(VLLM.codec().alone(VLLM.items("ä \"q\"").get(0))))
        .isEqualTo(VLLM.encoded("ä \"q\""));
  }

  @Test
  void postsToVllmsPathOrTheOneThatIsTold() {
    assertThat(VLLM.codec().path()).isEqualTo("/chat/completions/batch");
    assertThat(Forms.of("mode", "array", "dialect", "vllm", "arrayPath", "many").codec().path())
        .isEqualTo("/many");
  }

  @Test
  void refusesOtherApis() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Forms.of("mode", "array", "dialect", "vllm", "api", "responses"))
        .withMessageContainingAll("dialect is vllm", "api is responses", "set api to chat");
  }

  @Test
  void alignsChoicesByIndex() {
    assertThat(Forms.told(VLLM.read(reply(choice(1, "B"), choice(0, "A")), "a", "b")))
        .containsExactly("A", "B");
  }

  @Test
  void leavesOutChoicesThatAreMissingOrToldTwice() {
    assertThat(
            Forms.told(
                VLLM.read(
                    reply(choice(2, "C"), choice(0, "A"), choice(2, "X"), choice(9, "Y")),
                    "a",
                    "b",
                    "c")))
        .containsExactly("A", null, null);
  }

  @Test
  void readsEachChoiceAsAReplyOfItsOwn() {
    Reading.Each each =
        VLLM.each(
            reply(
                choice(0, "{'content':null,'refusal':'I cannot'}", "stop"),
                choice(1, "{'content':'B'}", "length"),
                choice(2, "{'content':''}", "content_filter")),
            "a",
            "b",
            "c");

    assertThat(Forms.told(each)).containsExactly("REFUSAL", "B", "CONTENT_FILTER");
    assertThat(((Reading.NotAnswered) each.rows().get(0)).failure())
        .extracting(Failure::reaction, f -> f.error().message(), f -> f.error().requestId())
        .containsExactly(Reaction.ROW, "I cannot", "q7");
    assertThat(((Reading.Answered) each.rows().get(1)).answer())
        .extracting(
            Outcome.Answer::model, Outcome.Answer::finishReason, Outcome.Answer::serviceTier)
        .containsExactly("m-1", "length", "default");
  }

  @Test
  void sharesTheTokensOutByLength() {
    int itemOfOneLetter = VLLM.items("x").get(0).length;
    String fourTimesAsLong = "x".repeat(1 + 3 * itemOfOneLetter);

    Reading.Each each = VLLM.each(reply(choice(0, "A"), choice(1, "BBB")), "x", fourTimesAsLong);

    assertThat(each.usage()).isEqualTo(new Usage(40L, 4L, 8L, 48L));
    assertThat(Forms.answers(each))
        .extracting(Outcome.Answer::usage)
        .containsExactly(new Usage(8L, 1L, 2L, 10L), new Usage(32L, 3L, 6L, 38L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "5",
        "{\"choices\":null}",
        "{\"choices\":{}}",
        "{\"choices\":[{\"message\":{\"content\":\"A\"}}]}"
      })
  void asksAgainWhereNothingCanBeAligned(String reply) {
    Failure failure = VLLM.failure(200, reply);

    assertThat(failure)
        .extracting(f -> f.error().type(), Failure::reaction)
        .containsExactly(ErrorType.INVALID_RESPONSE, Reaction.RETRY);
    assertThat(VLLM.codec().isUnknown(failure)).isFalse();
  }

  @Test
  void readsWhatTheLocalEndpointAnswers() throws IOException {
    Forms forms = Forms.of("mode", "array", "dialect", "vllm", "model", "echo");
    try (LocalEndpoint endpoint =
        LocalEndpoint.start(
            "127.0.0.1",
            0,
            "",
            EndpointScript.parse(
                "{\"faults\":[{\"kind\":\"shuffle\"}],"
                    + "\"items\":[{\"contains\":\"GONE\",\"kind\":\"omit\"}]}"))) {
      Reading.Each each = (Reading.Each) forms.ask(endpoint.url(), "a", "b", "GONE", "c");

      assertThat(Forms.told(each))
          .containsExactly(Forms.echo("a"), Forms.echo("b"), null, Forms.echo("c"));
      assertThat(each.usage().promptTokens()).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "404 | {'detail':'Not Found'}",
        "405 | {'detail':'Method Not Allowed'}",
        "400 | {'error':{'message':'Invalid type for ʼmessages[0]ʼ: expected an object, but got an array instead.'}}",
        "422 | {'detail':[{'loc':['body','messages',0],'msg':'Input should be a valid dictionary'}]}",
        "422 | {'detail':[{'loc':['body','messages',0,'ChatCompletionUserMessageParam'],'msg':'Input should be a valid dictionary'}]}",
        "400 | {'message':'[{ʼlocʼ: (ʼbodyʼ, ʼmessagesʼ, 0, ʼUserMessageʼ), ʼmsgʼ: ʼInput should be a valid dictionaryʼ}]'}",
        "400 | {'error':{'message':'json: cannot unmarshal array into Go struct field ChatCompletionRequest.messages of type openai.Message'}}",
        "400 | {'message':'Cannot deserialize value of type `com.acme.Message` from Array value (token `JsonToken.START_ARRAY`) (through reference chain: com.acme.ChatRequest[ʺmessagesʺ]->java.util.ArrayList[0])'}",
        "400 | {'detail':'The JSON value could not be converted to Acme.Message. Path: $.messages[0] | LineNumber: 0'}",
        "422 | Failed to deserialize the JSON body into the target type: messages[0]: invalid type: map, expected a string",
        "500 | {'detail':'ʼlistʼ object has no attribute ʼgetʼ'}",
      })
  void knowsTheWordsOfServersThatTakeNoConversations(int status, String body) {
    assertThat(VLLM.codec().isUnknown(VLLM.failure(status, Forms.oddQuotes(body)))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "404 | {'error':{'message':'The model `m` does not exist.','type':'NotFoundError','code':404}}",
        "422 | {'detail':[{'loc':['body','messages',0,1],'msg':'Input should be a valid dictionary'}]}",
        "422 | {'detail':[{'loc':['body','messages',0,'content'],'msg':'Input should be a valid dictionary'}]}",
        "400 | {'message':'[{ʼlocʼ: (ʼbodyʼ, ʼmessagesʼ, 0, 1, ʼcontentʼ), ʼmsgʼ: ʼInput should be a valid dictionaryʼ}]'}",
        "400 | {'error':{'message':'Invalid type for ʼmessages[0][1]ʼ: expected an object, but got an array instead.'}}",
        "400 | {'error':{'message':'json: cannot unmarshal array into Go struct field ChatCompletionRequest.messages.content of type string'}}",
        "400 | {'error':{'message':'This model has a maximum context length of 4096 tokens'}}",
      })
  void takesOtherErrorsForWhatTheyAre(int status, String body) {
    assertThat(VLLM.codec().isUnknown(VLLM.failure(status, Forms.oddQuotes(body)))).isFalse();
  }
}

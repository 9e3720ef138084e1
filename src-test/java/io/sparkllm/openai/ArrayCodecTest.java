package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.ReplyReader.Reading;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayCodecTest {
  private static final Forms CHAT = Forms.of("mode", "array", "system", "s", "maxTokens", "7");

  private static String list(String... elements) {
    return "[" + String.join(",", elements) + "]";
  }

  private static String reply(String index, String text) {
    return ("{"
            + index
            + "'model':'m-1','choices':[{'index':0,'message':{'content':'"
            + text
            + "'},'finish_reason':'stop'}],"
            + "'usage':{'prompt_tokens':3,'completion_tokens':2,'total_tokens':5}}")
        .replace('\'', '"');
  }

  private static String at(int index, String text) {
    return reply("'index':" + index + ",", text);
  }

  private static String plain(String text) {
    return reply("", text);
  }

  private static List<String> told(String list, String... texts) {
    return Forms.told(CHAT.read(list, texts));
  }

  @Test
  void postsTheRowsOwnRequestsAsOneArray() {
    assertThat(Forms.text(CHAT.codec().body(CHAT.items("ä", "\"b\""))))
        .isEqualTo("[" + CHAT.encoded("ä") + "," + CHAT.encoded("\"b\"") + "]");
  }

  @Test
  void asksForOneRowAsItWouldBeAskedAlone() {
    assertThat(Forms.text(CHAT.codec().alone(CHAT.items("a").get(0)))).isEqualTo(CHAT.encoded("a"));
  }

  @ParameterizedTest
  @CsvSource({"/many, /many", "many, /many", "v2/many, /v2/many"})
  void takesThePathThatIsTold(String option, String path) {
    assertThat(Forms.of("mode", "array", "arrayPath", option).codec().path()).isEqualTo(path);
  }

  @Test
  void takesTheApisPathOtherwise() {
    assertThat(Forms.of("mode", "array", "api", "responses").codec().path())
        .isEqualTo("/responses");
  }

  @Test
  void alignsByPositionWhereNothingElseIsTold() {
    assertThat(told(list(plain("A"), plain("B")), "a", "b")).containsExactly("A", "B");
  }

  @Test
  void alignsByIndexWhateverTheOrder() {
    assertThat(told(list(at(2, "C"), at(0, "A"), at(1, "B")), "a", "b", "c"))
        .containsExactly("A", "B", "C");
  }

  @Test
  void leavesOutRowsThatTheReplyDoesNotMention() {
    assertThat(told(list(at(2, "C"), at(0, "A")), "a", "b", "c")).containsExactly("A", null, "C");
  }

  @Test
  void ignoresAnswersThatNobodyAskedFor() {
    assertThat(told(list(at(0, "A"), at(7, "X"), at(-1, "Y"), plain("Z"), at(1, "B")), "a", "b"))
        .containsExactly("A", "B");
  }

  @Test
  void trustsNoneOfTwoAnswersForOneRow() {
    assertThat(told(list(at(0, "A"), at(1, "B"), at(1, "X")), "a", "b")).containsExactly("A", null);
  }

  @Test
  void takesAnAnswerThatIsTheSameTwice() {
    assertThat(told(list(at(0, "A"), at(1, "B"), at(1, "B")), "a", "b")).containsExactly("A", "B");
  }

  @Test
  void alignsNothingThatLooksCountedFromOne() {
    assertThat(CHAT.read(list(at(1, "A"), at(2, "B")), "a", "b"))
        .isInstanceOf(Reading.NotAnswered.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void alignsNothingByPositionInAListOfAnotherLength(int length) {
    String list =
        Stream.generate(() -> plain("A")).limit(length).collect(Collectors.joining(",", "[", "]"));

    assertThat(((Reading.NotAnswered) CHAT.read(list, "a", "b")).failure())
        .extracting(f -> f.error().type(), f -> f.error().code(), Failure::reaction)
        .containsExactly(ErrorType.INVALID_RESPONSE, "invalid_body", Reaction.RETRY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "null", "[]", "\"text\""})
  void leavesOutWhatIsNoObject(String element) {
    assertThat(told(list(plain("A"), element), "a", "b")).containsExactly("A", null);
  }

  @Test
  void readsTheErrorOfOneRow() {
    Reading.Each each =
        CHAT.each(
            list(
                at(1, "B"),
                "{\"index\":0,\"error\":{\"message\":\"no, sk-4711\",\"code\":\"content_filter\"}}"),
            "a",
            "b");

    assertThat(Forms.told(each)).containsExactly("CONTENT_FILTER", "B");
    Failure failure = ((Reading.NotAnswered) each.rows().get(0)).failure();
    assertThat(failure.reaction()).isEqualTo(Reaction.ROW);
    assertThat(failure.error().message()).isEqualTo("no, <hidden>");
    assertThat(failure.error().requestId()).isEqualTo("q7");
  }

  @Test
  void sumsTheTokensOfTheRows() {
    Reading.Each each = CHAT.each(list(plain("A"), "{}", plain("B")), "a", "b", "c");

    assertThat(each.usage()).isEqualTo(new Usage(6L, null, 4L, 10L));
    assertThat(((Reading.Answered) each.rows().get(0)).answer().usage())
        .isEqualTo(new Usage(3L, null, 2L, 5L));
  }

  @Test
  void readsWhatTheLocalEndpointAnswers() throws IOException {
    Forms forms = Forms.of("mode", "array", "model", "echo");
    try (LocalEndpoint endpoint =
        LocalEndpoint.start(
            "127.0.0.1",
            0,
            "",
            EndpointScript.parse(
                "{\"arrays\":{\"accept\":true},\"faults\":[{\"kind\":\"shuffle\"}],\"items\":"
                    + "[{\"contains\":\"BAD\",\"kind\":\"content_filter\"},"
                    + "{\"contains\":\"GONE\",\"kind\":\"omit\"}]}"))) {
      Reading reading = forms.ask(endpoint.url(), "a", "BAD", "GONE", "b");

      assertThat(Forms.told(reading))
          .containsExactly(Forms.echo("a"), "CONTENT_FILTER", null, Forms.echo("b"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 405, 422})
  void knowsTheRefusalsOfTheLocalEndpoint(int status) throws IOException {
    try (LocalEndpoint endpoint =
        LocalEndpoint.start(
            "127.0.0.1",
            0,
            "",
            EndpointScript.parse("{\"arrays\":{\"refusal\":" + status + "}}"))) {
      Reading reading = CHAT.ask(endpoint.url(), "a", "b");

      assertThat(CHAT.codec().isUnknown(((Reading.NotAnswered) reading).failure())).isTrue();
    }
  }

  @Test
  void seesThatTheServerTookTheArrayForOneRequest() {
    Failure failure = CHAT.failure(200, plain("A"));

    assertThat(failure)
        .extracting(f -> f.error().type(), f -> f.error().code(), Failure::reaction)
        .containsExactly(ErrorType.INVALID_RESPONSE, "no_list", Reaction.RETRY);
    assertThat(CHAT.codec().isUnknown(failure)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "404 | {'detail':'Not Found'}",
        "405 | {'detail':'Method Not Allowed'}",
        "404 | <html><title>404 page not found</title></html>",
        "400 | {'error':{'message':'Invalid type for the request body: expected an object, but got an array instead.'}}",
        "400 | {'error':{'message':'Invalid type: expected an object, but got an array instead.','type':'invalid_request_error'}}",
        "422 | {'detail':[{'type':'model_attributes_type','loc':['body'],'msg':'Input should be a valid dictionary or object to extract fields from','input':[{}]}]}",
        "422 | {'detail':[{'loc':['body'],'msg':'value is not a valid dict','type':'type_error.dict'}]}",
        "400 | {'error':{'message':'Input should be a valid dictionary or object to extract fields from'}}",
        "400 | {'message':'[{ʼtypeʼ: ʼmodel_attributes_typeʼ, ʼlocʼ: (ʼbodyʼ,), ʼmsgʼ: ʼInput should be a valid dictionary or object to extract fields fromʼ, ʼinputʼ: [{}]}]','code':400}",
        "400 | {'message':'1 validation error for ChatCompletionRequest\\n  Input should be a valid dictionary or instance of ChatCompletionRequest [type=model_type]'}",
        "401 | {'error':{'message':'Authentication Error, ʼlistʼ object has no attribute ʼgetʼ','type':'auth_error','code':'401'}}",
        "500 | {'error':{'message':'[json.exception.type_error.306] cannot use value() with array','code':500}}",
        "500 | {'detail':'list indices must be integers or slices, not str'}",
        "400 | {'error':{'message':'json: cannot unmarshal array into Go value of type openai.ChatCompletionRequest'}}",
        "400 | {'message':'JSON parse error: Cannot deserialize value of type `com.acme.ChatRequest` from Array value (token `JsonToken.START_ARRAY`)'}",
        "400 | {'message':'Cannot deserialize instance of `com.acme.ChatRequest` out of START_ARRAY token at [Source: line: 1, column: 1]'}",
        "400 | {'message':'Expected BEGIN_OBJECT but was BEGIN_ARRAY at line 1 column 2 path $'}",
        "400 | {'detail':'The JSON value could not be converted to Acme.ChatRequest. Path: $ | LineNumber: 0 | BytePositionInLine: 1.'}",
        "422 | Failed to deserialize the JSON body into the target type: invalid type: sequence, expected struct ChatRequest at line 1 column 0",
        "422 | Failed to deserialize the JSON body into the target type: [0]: invalid type: map, expected a string at line 1 column 1",
        "400 | {'statusCode':400,'code':'FST_ERR_VALIDATION','message':'body must be object'}",
        "400 | {'error':'Request body must be a JSON object'}",
        "400 | {'error':{'message':'Expected object, received array'}}",
      })
  void knowsTheWordsOfServersThatTakeNoArrays(int status, String body) {
    assertThat(CHAT.codec().isUnknown(CHAT.failure(status, Forms.oddQuotes(body)))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "404 | {'error':{'message':'The model mistral does not exist','code':'model_not_found'}}",
        "400 | {'error':{'message':'Invalid type for ʼmessages[0].contentʼ: expected one of a string or array of objects, but got an integer instead.'}}",
        "400 | {'error':{'message':'Invalid type for ʼtools[0]ʼ: expected an object, but got an array instead.'}}",
        "400 | {'error':{'message':'[1].reasoning: expected an object, but got an array instead.'}}",
        "400 | {'error':{'message':'Validation error: Expected object, received array at ʼmessages[0]ʼ'}}",
        "422 | {'detail':[{'loc':['body',1,'messages',0],'msg':'Input should be a valid dictionary or object to extract fields from'}]}",
        "422 | {'detail':[{'loc':['body','messages',0,'content'],'msg':'value is not a valid dict'}]}",
        "400 | {'message':'[{ʼlocʼ: (ʼbodyʼ, 1, ʼmessagesʼ, 0), ʼmsgʼ: ʼInput should be a valid dictionary or object to extract fields fromʼ}]'}",
        "400 | {'message':'1 validation error for ChatCompletionRequest\\nmessages.0\\n  Input should be a valid dictionary'}",
        "500 | {'detail':'ʼlistʼ object has no attribute ʼstripʼ'}",
        "401 | {'error':{'message':'Incorrect API key provided','code':'invalid_api_key'}}",
        "400 | {'error':{'message':'json: cannot unmarshal array into Go struct field Message.content of type string'}}",
        "400 | {'error':{'message':'json: cannot unmarshal array into Go value of type string'}}",
        "400 | {'message':'Cannot deserialize value of type `java.lang.String` from Array value (token `JsonToken.START_ARRAY`)'}",
        "400 | {'message':'Cannot deserialize value of type `com.acme.Format` from Array value (token `JsonToken.START_ARRAY`) (through reference chain: ChatRequest[ʺformatʺ])'}",
        "400 | {'message':'Expected BEGIN_OBJECT but was BEGIN_ARRAY at line 1 column 90 path $[1].format'}",
        "400 | {'detail':'The JSON value could not be converted to System.String. Path: $.messages[0].content | LineNumber: 0'}",
        "422 | Failed to deserialize the JSON body into the target type: messages[0].content: invalid type: sequence, expected struct Content",
        "413 | Request body must be a JSON object smaller than 1 MB",
        "500 | {'error':{'message':'Invalid type: expected an object, but got an array instead.'}}",
        "429 | {'error':{'message':'Rate limit reached','code':'rate_limit_exceeded'}}",
        "400 | {'error':{'message':'Invalid prompt: the request was refused','code':'content_filter'}}",
      })
  void takesOtherErrorsForWhatTheyAre(int status, String body) {
    assertThat(CHAT.codec().isUnknown(CHAT.failure(status, Forms.oddQuotes(body)))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "\"text\"", "{\"error\":{\"message\":\"slow\",\"code\":429}}"})
  void doesNotBlameTheFormForABrokenReply(String body) {
    assertThat(CHAT.codec().isUnknown(CHAT.failure(200, body))).isFalse();
  }
}

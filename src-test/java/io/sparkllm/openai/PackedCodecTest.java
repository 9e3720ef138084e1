package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.prompt.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackedCodecTest {
  private static final Forms CHAT = Forms.of("mode", "packed", "system", "Say it in Latin.");
  private static final Forms RESPONSES =
      Forms.of("mode", "packed", "api", "responses", "system", "Say it in Latin.");

  private static JsonNode requests(Forms forms, String... texts) {
    return Forms.json(forms.body(texts).at("/messages/1/content").asText()).path("requests");
  }

  private static List<String> ids(String... texts) {
    List<String> ids = new ArrayList<>();
    requests(CHAT, texts).forEach(request -> ids.add(request.path("id").asText()));
    return ids;
  }

  /** A list of answers: an id and an answer in turn. */
  private static String answers(String... pairs) {
    ObjectNode root = Codecs.JSON.createObjectNode();
    ArrayNode answers = root.putArray("answers");
    for (int i = 0; i < pairs.length; i += 2) {
      answers.addObject().put("id", pairs[i]).put("answer", pairs[i + 1]);
    }
    return root.toString();
  }

  private static String reply(String content, String finish) {
    ObjectNode reply =
        Codecs.JSON.createObjectNode().put("model", "m-1").put("service_tier", "flex");
    ObjectNode choice = reply.putArray("choices").addObject().put("finish_reason", finish);
    choice.putObject("message").put("content", content);
    reply
        .putObject("usage")
        .put("prompt_tokens", 101)
        .put("completion_tokens", 10)
        .put("total_tokens", 111);
    return reply.toString();
  }

  private static List<String> told(String content, String... texts) {
    return Forms.told(CHAT.read(reply(content, "stop"), texts));
  }

  private static Failure failure(String reply) {
    return ((Reading.NotAnswered) CHAT.read(reply, "a", "b")).failure();
  }

  @Test
  void saysOnceWhatToDoWithEachRow() {
    String system = CHAT.body("a", "b").at("/messages/0/content").asText();

    assertThat(system)
        .startsWith(
            "Say it in Latin.\n\nThe user message is a JSON object with a list of independent"
                + " requests");
    assertThat(CHAT.codec().sharedChars()).isEqualTo(system.length());
    assertThat(CHAT.codec().isOnePrompt()).isTrue();
  }

  @Test
  void saysItWithoutAnInstructionOfTheUsersToo() {
    JsonNode body = Forms.of("mode", "packed").body("a");

    assertThat(body.at("/messages/0/content").asText()).startsWith("The user message is a JSON");
  }

  @Test
  void resolvesTheBracesOfTheInstructionAsARowsOwnRequestDoes() {
    Forms braces = Forms.of("mode", "packed", "system", "Fill {{name}} into {\"a\": 1}");

    assertThat(braces.body("a").at("/messages/0/content").asText())
        .startsWith("Fill {name} into {\"a\": 1}\n\n");
    assertThat(Forms.text(braces.codec().alone(braces.items("a").get(0))))
        .isEqualTo(braces.encoded("a"));
  }

  @Test
  void sendsTheTextsWithIdsOfTheirOwn() {
    JsonNode requests = requests(CHAT, "a", "ä \"q\"\n", "a");

    assertThat(requests)
        .extracting(request -> request.path("text").asText())
        .containsExactly("a", "ä \"q\"\n", "a");
    assertThat(requests).extracting(request -> request.path("id").asText()).doesNotHaveDuplicates();
  }

  @Test
  void givesIdsThatDoNotFollowFromThePlaceAlone() {
    List<String> ids =
        IntStream.range(0, 100).mapToObj(i -> ids("text " + i).get(0)).distinct().toList();

    assertThat(ids).hasSizeGreaterThan(50).allMatch(id -> id.matches("r0[a-z]{2}"));
  }

  @Test
  void asksForAStrictListOfAnswers() {
    JsonNode format = CHAT.body("a").path("response_format");
    JsonNode schema = format.at("/json_schema/schema");

    assertThat(format.path("type").asText()).isEqualTo("json_schema");
    assertThat(format.at("/json_schema/strict").asBoolean()).isTrue();
    assertThat(schema.path("additionalProperties").asBoolean(true)).isFalse();
    assertThat(schema.path("required")).hasToString("[\"answers\"]");
    JsonNode item = schema.at("/properties/answers/items");
    assertThat(item.path("additionalProperties").asBoolean(true)).isFalse();
    assertThat(item.path("required")).hasToString("[\"id\",\"answer\"]");
    assertThat(item.at("/properties/answer")).hasToString("{\"type\":\"string\"}");
  }

  @Test
  void asksForTheSameAsAResponse() {
    JsonNode body = RESPONSES.body("a");

    assertThat(body.at("/text/format/schema"))
        .isEqualTo(CHAT.body("a").at("/response_format/json_schema/schema"));
    assertThat(body.at("/text/format/strict").asBoolean()).isTrue();
    assertThat(body.at("/input/1/content").asText()).startsWith("{\"requests\":[");
    assertThat(body.path("store").asBoolean(true)).isFalse();
    assertThat(body.has("messages") || body.has("response_format")).isFalse();
  }

  @Test
  void limitsAllAnswersByTheSumOfTheirLimits() {
    assertThat(Forms.of("mode", "packed", "maxTokens", "50").body("a", "b", "c").path("max_tokens"))
        .hasToString("198");
    assertThat(
            Forms.of("mode", "packed", "params", "{\"max_completion_tokens\": 4}")
                .body("a", "b")
                .path("max_completion_tokens"))
        .hasToString("40");
    assertThat(CHAT.body("a").has("max_tokens")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"response_format", "text", "tools"})
  void refusesParamsThatItSetsItself(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Forms.of("mode", "packed", "params", "{\"" + name + "\": {}}"))
        .withMessageContainingAll("params sets " + name, "take it out");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "ä \"q\" \\ \n \u0000 \u2028 🙂", "\"}]}", "[{\"id\":1}]"})
  void asksForOneRowAsItWouldBeAskedAlone(String text) {
    for (Forms forms :
        List.of(
            CHAT,
            RESPONSES,
            Forms.of("mode", "packed", "maxTokens", "7", "params", "{\"x\": 1.10}"))) {
      assertThat(Forms.text(forms.codec().alone(forms.items(text).get(0))))
          .isEqualTo(forms.encoded(text));
    }
  }

  @Test
  void takesNoConversations() {
    Forms other = Forms.of("mode", "packed", "system", "Say it in Greek.");

    assertThatThrownBy(() -> CHAT.codec().item(other.messages("a")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(
            () ->
                CHAT.codec()
                    .item(
                        Stream.concat(
                                CHAT.messages("a").stream(),
                                Forms.of("mode", "packed").messages("b").stream())
                            .toList()))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void alignsAnswersById() {
    List<String> ids = ids("a", "b", "c");

    assertThat(
            told(
                answers(ids.get(2), "C", ids.get(0), "A", "unasked", "X", ids.get(1), "B"),
                "a",
                "b",
                "c"))
        .containsExactly("A", "B", "C");
  }

  @Test
  void leavesOutAnswersThatAreMissingOrToldTwice() {
    List<String> ids = ids("a", "b", "c");

    assertThat(told(answers(ids.get(1), "B", ids.get(2), "C", ids.get(1), "B"), "a", "b", "c"))
        .containsExactly(null, null, "C");
  }

  @Test
  void trustsNoIdOfAnotherText() {
    assertThat(told(answers(ids("x", "y").get(0), "A", ids("a", "b").get(1), "B"), "a", "b"))
        .containsExactly(null, "B");
  }

  @Test
  void takesAnswersThatAreNoTextsAsJson() {
    List<String> ids = ids("a", "b", "c", "d", "e");
    String list =
        "{\"answers\":[{\"id\":\"%s\",\"answer\":7},{\"id\":\"%s\",\"answer\":{\"x\":[1]}},"
            + "{\"id\":\"%s\",\"answer\":null},{\"id\":\"%s\"},{\"id\":\"%s\",\"answer\":\"\"},5]}";

    assertThat(told(list.formatted(ids.toArray()), "a", "b", "c", "d", "e"))
        .containsExactly("7", "{\"x\":[1]}", null, null, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "```json\n%s\n```",
        "```\n%s\n```",
        "Here you are:\n```json\n%s\n```\nAnything else?",
        "%s\n\n",
        "{\"note\":{\"answers\":[]},%s"
      })
  void toleratesWhatModelsPutAroundTheJson(String around) {
    List<String> ids = ids("a", "b");
    String json = answers(ids.get(0), "A ``` {", ids.get(1), "B");

    assertThat(told(around.formatted(around.contains("note") ? json.substring(1) : json), "a", "b"))
        .containsExactly("A ``` {", "B");
  }

  @Test
  void toleratesABareList() {
    List<String> ids = ids("a", "b");

    assertThat(told(Forms.json(answers(ids.get(0), "A")).path("answers").toString(), "a", "b"))
        .containsExactly("A", null);
  }

  @ParameterizedTest
  @CsvSource({"length, stop", "stop, stop", "content, content"})
  void keepsWhatStandsWholeBeforeABreak(String finish, String finishOfTheRow) {
    List<String> ids = ids("a", "b", "c");
    String list = answers(ids.get(0), "A", ids.get(1), "B", ids.get(2), "C and more");

    for (int end = list.indexOf("C and"); end < list.length() - 3; end++) {
      Reading reading = CHAT.read(reply(list.substring(0, end), finish), "a", "b", "c");

      assertThat(Forms.told(reading)).containsExactly("A", "B", null);
      assertThat(
              ((Reading.Answered) ((Reading.Each) reading).rows().get(0)).answer().finishReason())
          .isEqualTo(finishOfTheRow);
    }
  }

  @ParameterizedTest
  @CsvSource({"length, TRUNCATED, length", "stop, INVALID_RESPONSE, invalid_body"})
  void asksAgainWhereNothingStandsWhole(String finish, ErrorType type, String code) {
    String list = answers(ids("a", "b").get(0), "A and more");

    for (int end = 1; end < list.length() - 3; end++) {
      assertThat(failure(reply(list.substring(0, end), finish)))
          .extracting(f -> f.error().type(), f -> f.error().code(), Failure::reaction)
          .containsExactly(type, code, Reaction.RETRY);
    }
    assertThat(failure(reply("{", finish)).error().usage().totalTokens()).isEqualTo(111);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "{}",
        "{\"a\":1}",
        "{\"answers\":{}}",
        "{\"answers\":null}",
        "{\"answers\"",
        "[[[",
        "{ \"\\ud800",
        "```json"
      })
  void asksAgainWhereThereIsNoList(String content) {
    assertThat(failure(reply(content, "stop")))
        .extracting(f -> f.error().type(), f -> f.error().code(), Failure::reaction)
        .containsExactly(ErrorType.INVALID_RESPONSE, "invalid_body", Reaction.RETRY);
  }

  @Test
  void tellsThatTheWholePromptWasRefused() {
    assertThat(failure("{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"I cannot\"}}]}"))
        .extracting(f -> f.error().type(), Failure::reaction, f -> f.error().requestId())
        .containsExactly(ErrorType.REFUSAL, Reaction.ROW, "q7");
    assertThat(failure(reply("", "content_filter")))
        .extracting(f -> f.error().type(), Failure::reaction)
        .containsExactly(ErrorType.CONTENT_FILTER, Reaction.ROW);
  }

  @Test
  void saysOfEachRowWhatTheReplySaysOfAll() {
    List<String> ids = ids("a", "b", "c");
    Reading.Each each =
        CHAT.each(
            reply(answers(ids.get(0), "A", ids.get(1), "BBBB", ids.get(2), ""), "stop"),
            "a",
            "b",
            "c");

    assertThat(each.usage()).isEqualTo(new Usage(101L, null, 10L, 111L));
    assertThat(Forms.answers(each))
        .extracting(
            Outcome.Answer::text,
            Outcome.Answer::model,
            Outcome.Answer::finishReason,
            Outcome.Answer::serviceTier)
        .containsOnly(
            tuple("A", "m-1", "stop", "flex"),
            tuple("BBBB", "m-1", "stop", "flex"),
            tuple("", "m-1", "stop", "flex"));
    assertThat(Forms.answers(each))
        .extracting(answer -> answer.usage().completionTokens())
        .containsExactly(2L, 8L, 0L);
    assertThat(Forms.answers(each).stream().mapToLong(a -> a.usage().promptTokens()).sum())
        .isEqualTo(101);
    assertThat(Forms.answers(each).stream().mapToLong(a -> a.usage().totalTokens()).sum())
        .isEqualTo(111);
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat", "responses"})
  void theLocalEndpointAnswersEachRowAsItWouldAlone(String api) throws IOException {
    Forms packed = Forms.of("mode", "packed", "api", api, "model", "echo", "system", "s");
    Forms alone = Forms.of("api", api, "model", "echo", "system", "s");
    try (LocalEndpoint endpoint =
        LocalEndpoint.start(
            "127.0.0.1",
            0,
            "",
            EndpointScript.parse(
                "{\"faults\":[{\"kind\":\"shuffle\"}],\"items\":["
                    + "{\"contains\":\"GONE\",\"kind\":\"omit\"},"
                    + "{\"contains\":\"TWICE\",\"kind\":\"double\"}]}"))) {
      assertThat(Forms.told(packed.ask(endpoint.url(), "a", "GONE", "b", "TWICE")))
          .containsExactly(Forms.echo("a"), null, Forms.echo("b"), null);

      // Counted as askings of the same prompt: what the checkpoint goes by is the same.
      assertThat(endpoint.stats().doubles()).isZero();
      assertThat(alone.ask(endpoint.url(), "a")).isInstanceOf(Reading.Answered.class);
      assertThat(endpoint.stats().doubles()).isEqualTo(1);
    }
  }

  @Test
  void theLocalEndpointsHalfJsonIsNotTakenForAnswers() throws IOException {
    Forms packed = Forms.of("mode", "packed", "model", "echo");
    try (LocalEndpoint endpoint =
        LocalEndpoint.start(
            "127.0.0.1", 0, "", EndpointScript.parse("{\"faults\":[{\"kind\":\"half_json\"}]}"))) {
      assertThat(Forms.told(packed.ask(endpoint.url(), "a", "b", "c", "d")))
          .containsExactly(Forms.echo("a"), null, null, null);
    }
  }
}

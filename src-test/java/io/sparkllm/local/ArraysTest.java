package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArraysTest {
  private static final String CHAT = "/v1/chat/completions";

  private LocalEndpoint endpoint;
  private EndpointCaller caller;

  @BeforeEach
  void start() throws IOException {
    endpoint = LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none());
    caller = new EndpointCaller(endpoint);
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  private void script(String json) {
    endpoint.script(EndpointScript.parse(json.replace('\'', '"')));
  }

  private static String chats(String... texts) {
    return Stream.of(texts)
        .map(text -> EndpointCaller.chatBody("echo", text))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private JsonNode list(String path, String body) {
    HttpResponse<String> response = caller.send("POST", path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode list = EndpointCaller.json(response);
    assertThat(list.isArray()).isTrue();
    return list;
  }

  private String alone(String text) {
    return EndpointCaller.json(caller.chat("echo", text)).at("/choices/0/message/content").asText();
  }

  @Test
  void arraysAreRefusedUnlessTheScriptTakesThem() {
    HttpResponse<String> response = caller.send("POST", CHAT, chats("a"));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(EndpointCaller.json(response).at("/error/code").asText()).isEqualTo("invalid_type");
    assertThat(response.body()).contains("expected an object, but got an array");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 405, 422})
  void theRefusalCanHaveOtherStatuses(int status) {
    script("{'arrays':{'refusal':" + status + "}}");

    assertThat(caller.send("POST", CHAT, chats("a")).statusCode()).isEqualTo(status);
    assertThat(caller.chat("echo", "a").statusCode()).isEqualTo(200);
  }

  @Test
  void eachRequestIsAnsweredAtItsPlaceAsItWouldBeAlone() {
    script("{'arrays':{'accept':true}}");

    JsonNode list = list(CHAT, chats("a", "b", "c"));

    assertThat(list).hasSize(3);
    assertThat(list).extracting(item -> item.path("index").asInt(-1)).containsExactly(0, 1, 2);
    assertThat(list)
        .extracting(item -> item.at("/choices/0/message/content").asText())
        .containsExactly(alone("a"), alone("b"), alone("c"));
    assertThat(list.at("/0/usage/prompt_tokens").asInt()).isPositive();
    // The three calls alone asked what had been answered in the array.
    assertThat(endpoint.stats().doubles()).isEqualTo(3);
    assertThat(endpoint.stats().distinctPrompts()).isEqualTo(3);
  }

  @Test
  void withoutAnIndexThePlaceAloneTells() {
    script("{'arrays':{'accept':true,'index':false},'faults':[{'kind':'shuffle'}]}");

    JsonNode list = list(CHAT, chats("a", "b"));

    assertThat(list).noneMatch(item -> item.has("index"));
    assertThat(list.at("/1/choices/0/message/content").asText()).isEqualTo(alone("b"));
  }

  @Test
  void aBadRequestHasItsOwnError() {
    script("{'arrays':{'accept':true}}");

    JsonNode list =
        list(
            CHAT,
            "["
                + EndpointCaller.chatBody("echo", "a")
                + ",{\"model\":\"echo\"},5,"
                + EndpointCaller.chatBody("nobody", "b")
                + "]");

    assertThat(list).hasSize(4);
    assertThat(list.path(0).has("choices")).isTrue();
    assertThat(list.at("/1/error/code").asText()).isEqualTo("missing_required_parameter");
    assertThat(list.at("/2/error/code").asText()).isEqualTo("invalid_type");
    assertThat(list.at("/3/error/code").asText()).isEqualTo("model_not_found");
    assertThat(list.at("/3/index").asInt()).isEqualTo(3);
    assertThat(endpoint.stats().answers()).isEqualTo(1);
  }

  @Test
  void otherApisTakeThemToo() {
    script("{'arrays':{'accept':true}}");

    JsonNode responses = list("/v1/responses", "[{\"model\":\"echo\",\"input\":\"a\"}]");
    JsonNode vectors =
        list(
            "/v1/embeddings",
            "[{\"model\":\"echo\",\"input\":\"a\"},{\"model\":\"echo\",\"input\":[\"b\",\"c\"]}]");

    assertThat(responses.at("/0/object").asText()).isEqualTo("response");
    assertThat(vectors.at("/0/data")).hasSize(1);
    assertThat(vectors.at("/1/data")).hasSize(2);
    assertThat(caller.send("POST", CHAT, "[]").statusCode()).isEqualTo(400);
  }

  @Test
  void furtherPathsCanTakeThem() {
    script("{'arrays':{'paths':{'/v1/many':'chat'}}}");

    assertThat(list("/v1/many", chats("a", "b"))).hasSize(2);
    assertThat(caller.send("POST", CHAT, chats("a")).statusCode()).isEqualTo(400);
    assertThat(endpoint.stats().byPath()).containsEntry("/v1/many", 1L);
    assertThat(endpoint.stats().items().get("/v1/many").items()).isEqualTo(2);
  }

  @Test
  void allTokensAreCharged() {
    script("{'arrays':{'accept':true},'rateLimit':{'tokensPerMinute':600}}");
    String long200 = "x".repeat(800);

    HttpResponse<String> fits = caller.send("POST", CHAT, chats(long200, long200, long200));
    HttpResponse<String> tooMany = caller.send("POST", CHAT, chats(long200, long200, long200, "y"));

    assertThat(fits.statusCode()).isEqualTo(200);
    assertThat(fits.headers().firstValue("x-ratelimit-remaining-tokens")).contains("0");
    assertThat(tooMany.statusCode()).isEqualTo(429);
    assertThat(tooMany.body()).contains("Requested 601");
  }

  @Test
  void conversationsShareTheirParameters() {
    String body =
        "{\"model\":\"echo\",\"messages\":["
            + IntStream.range(0, 3)
                .mapToObj(i -> "[{\"role\":\"user\",\"content\":\"text " + i + "\"}]")
                .collect(Collectors.joining(","))
            + "]}";

    HttpResponse<String> response = caller.send("POST", CHAT + "/batch", body);

    JsonNode reply = EndpointCaller.json(response);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(reply.path("object").asText()).isEqualTo("chat.completion");
    assertThat(reply.path("choices"))
        .extracting(choice -> choice.path("index").asInt(-1))
        .containsExactly(0, 1, 2);
    assertThat(reply.path("choices"))
        .extracting(choice -> choice.at("/message/content").asText())
        .containsExactly(alone("text 0"), alone("text 1"), alone("text 2"));
    assertThat(reply.at("/usage/prompt_tokens").asInt()).isEqualTo(6);
    assertThat(reply.at("/usage/completion_tokens").asInt()).isEqualTo(3 * 18);
    assertThat(endpoint.stats().doubles()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'model':'echo','messages':[{'role':'user','content':'a'}]}",
        "{'model':'echo','messages':[]}",
        "{'model':'echo','messages':[[]]}",
        "{'model':'echo','n':2,'messages':[[{'role':'user','content':'a'}]]}",
        "{'model':'echo','stream':true,'messages':[[{'role':'user','content':'a'}]]}",
        "{'model':'echo','tools':[],'messages':[[{'role':'user','content':'a'}]]}"
      })
  void oneBadConversationFailsThemAll(String body) {
    assertThat(caller.send("POST", CHAT + "/batch", body.replace('\'', '"')).statusCode())
        .isEqualTo(400);
  }
}

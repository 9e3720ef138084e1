package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupFaultsTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String EMBEDDINGS = "/v1/embeddings";
  private static final String MODERATIONS = "/v1/moderations";
  private static final String CONVERSATIONS = "/v1/chat/completions/batch";

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

  /** Asks for some texts at once. */
  private HttpResponse<String> send(String path, String... texts) {
    String body =
        switch (path) {
          case CHAT ->
              Stream.of(texts)
                  .map(text -> EndpointCaller.chatBody("echo", text))
                  .collect(Collectors.joining(",", "[", "]"));
          case CONVERSATIONS ->
              Stream.of(texts)
                  .map(text -> "[{\"role\":\"user\",\"content\":\"" + text + "\"}]")
                  .collect(Collectors.joining(",", "{\"model\":\"echo\",\"messages\":[", "]}"));
          default ->
              Stream.of(texts)
                  .map(text -> "\"" + text + "\"")
                  .collect(Collectors.joining(",", "{\"model\":\"local\",\"input\":[", "]}"));
        };
    return caller.send("POST", path, body);
  }

  private JsonNode items(String path, String... texts) {
    HttpResponse<String> response = send(path, texts);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode reply = EndpointCaller.json(response);
    return switch (path) {
      case CHAT -> reply;
      case CONVERSATIONS -> reply.path("choices");
      case EMBEDDINGS -> reply.path("data");
      default -> reply.path("results");
    };
  }

  private static List<Integer> places(JsonNode items) {
    return StreamSupport.stream(items.spliterator(), false)
        .map(item -> item.path("index").asInt(-1))
        .toList();
  }

  private static String[] texts(int count) {
    return IntStream.range(0, count).mapToObj(i -> "text " + i).toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(strings = {CHAT, EMBEDDINGS, CONVERSATIONS})
  void itemsComeInAnotherOrderUnderTheirOwnPlaces(String path) {
    script("{'arrays':{'accept':true}}");
    JsonNode right = items(path, texts(20));
    script("{'arrays':{'accept':true},'faults':[{'kind':'shuffle'}]}");

    JsonNode shuffled = items(path, texts(20));

    assertThat(places(right)).isSorted();
    assertThat(places(shuffled)).containsExactlyInAnyOrderElementsOf(places(right));
    assertThat(places(shuffled)).isNotEqualTo(places(right));
    for (JsonNode item : shuffled) {
      JsonNode same = right.path(item.path("index").asInt());
      assertThat(item.at("/choices/0/message")).isEqualTo(same.at("/choices/0/message"));
      assertThat(item.path("embedding")).isEqualTo(same.path("embedding"));
      assertThat(item.path("message")).isEqualTo(same.path("message"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CHAT, EMBEDDINGS, CONVERSATIONS})
  void itemsCanBeMissingDoubledAndAnything(String path) {
    script(
        "{'arrays':{'accept':true},'items':[{'index':1,'kind':'omit'},{'contains':'3','kind':'double'},"
            + "{'contains':'0','times':1,'kind':'json','body':{'index':0,'odd':true}}]}");

    JsonNode items = items(path, texts(4));

    assertThat(places(items)).containsExactly(0, 2, 3, 3);
    assertThat(items.at("/0/odd").asBoolean()).isTrue();
    // What was left out is no answer, what came twice is one.
    assertThat(endpoint.stats().answers()).isEqualTo(2);
    assertThat(endpoint.stats().doubles()).isZero();
    assertThat(items(path, texts(1)).path(0).has("odd")).isFalse();
  }

  @Test
  void moderationsCanLackResults() {
    script("{'items':[{'index':1,'kind':'omit'}]}");

    assertThat(items(MODERATIONS, texts(3))).hasSize(2);
  }

  @Test
  void itemsOfAnArrayHaveTheirOwnErrors() {
    script(
        "{'arrays':{'accept':true},'items':[{'contains':'1','kind':'content_filter'},"
            + "{'contains':'2','kind':'throttle'},{'contains':'3','kind':'refuse'},"
            + "{'contains':'4','status':418,'body':{'detail':'teapot'}}]}");

    JsonNode items = items(CHAT, texts(6));

    assertThat(items.at("/0/choices/0/message/content").asText()).startsWith("sha256:");
    assertThat(items.at("/1/error/code").asText()).isEqualTo("content_filter");
    assertThat(items.at("/1/index").asInt()).isEqualTo(1);
    assertThat(items.at("/2/error/code").asText()).isEqualTo("rate_limit_exceeded");
    assertThat(items.at("/3/choices/0/message/refusal").asText()).isNotEmpty();
    assertThat(items.at("/4/detail").asText()).isEqualTo("teapot");
    assertThat(items.at("/5/choices/0/message/content").asText()).startsWith("sha256:");
    assertThat(endpoint.stats().answers()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {EMBEDDINGS, MODERATIONS, CONVERSATIONS})
  void whereAReplyHasNoPlaceForItAnItemsErrorFailsTheCall(String path) {
    script("{'items':[{'contains':'1','kind':'content_filter'}]}");

    HttpResponse<String> response = send(path, texts(3));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("content_filter");
    assertThat(endpoint.stats().answers()).isZero();
    assertThat(send(path, "text 0", "text 2").statusCode()).isEqualTo(200);
  }

  @Test
  void anItemThatIsAskedForAloneMeetsItsRulesToo() {
    script(
        "{'arrays':{'accept':true},'items':[{'contains':'bad','kind':'content_filter'},"
            + "{'contains':'gone','kind':'omit'},{'contains':'once','times':1,'kind':'refuse'}]}");

    JsonNode items = items(CHAT, "bad", "once");
    assertThat(items.at("/0/error/code").asText()).isEqualTo("content_filter");
    assertThat(items.at("/1/choices/0/message/refusal").asText()).isNotEmpty();

    assertThat(caller.chat("echo", "bad").statusCode()).isEqualTo(400);
    assertThat(caller.chat("echo", "gone").body()).contains("sha256:");
    assertThat(caller.chat("echo", "once").body()).contains("sha256:");
  }

  @ParameterizedTest
  @ValueSource(strings = {CHAT, EMBEDDINGS, MODERATIONS, CONVERSATIONS})
  void aPoisonWordFailsTheWholeCall(String path) {
    script(
        "{'arrays':{'accept':true},'faults':[{'contains':'POISON','status':400,'type':'invalid_request_error'}]}");

    assertThat(send(path, "a", "b POISON", "c").statusCode()).isEqualTo(400);
    assertThat(send(path, "a", "c").statusCode()).isEqualTo(200);
    assertThat(endpoint.stats().answers()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {CHAT, EMBEDDINGS, MODERATIONS, CONVERSATIONS})
  void largeCallsCanBeTooLargeOrTakeTooLong(String path) {
    script(
        "{'arrays':{'accept':true},'faults':[{'minItems':8,'kind':'payload_too_large'},"
            + "{'minItems':4,'kind':'stall','stallMs':10},{'minItems':2,'kind':'overloaded'}]}");

    assertThat(send(path, texts(8)).statusCode()).isEqualTo(413);
    assertThatThrownBy(() -> send(path, texts(7))).isInstanceOf(UncheckedIOException.class);
    assertThat(send(path, texts(3)).statusCode()).isEqualTo(503);
    assertThat(send(path, texts(1)).statusCode()).isEqualTo(200);
  }

  @Test
  void aBodyCanBeTooLargeByItsBytes() {
    script("{'faults':[{'minBytes':2000,'kind':'payload_too_large'}]}");

    assertThat(send(EMBEDDINGS, "x".repeat(1900)).statusCode()).isEqualTo(200);
    assertThat(send(EMBEDDINGS, "x".repeat(1900), "y".repeat(100)).statusCode()).isEqualTo(413);
    assertThat(caller.chat("echo", "x".repeat(2000)).statusCode()).isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(strings = {CHAT, EMBEDDINGS, MODERATIONS, CONVERSATIONS})
  void aReplyCanHaveTheWrongLength(String path) {
    script("{'arrays':{'accept':true},'faults':[{'kind':'short_list'}]}");
    assertThat(items(path, texts(5))).hasSize(4);

    script("{'arrays':{'accept':true},'faults':[{'kind':'long_list'}]}");
    JsonNode items = items(path, texts(5));
    assertThat(items).hasSize(6);
    if (!path.equals(MODERATIONS)) {
      assertThat(places(items)).endsWith(5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CHAT, EMBEDDINGS, MODERATIONS, CONVERSATIONS})
  void theJsonCanEndInTheMiddle(String path) {
    script("{'arrays':{'accept':true},'faults':[{'kind':'half_json','times':1}]}");

    HttpResponse<String> half = send(path, texts(5));

    assertThat(half.statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> EndpointCaller.json(half))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(endpoint.stats().answers()).isZero();
    assertThat(items(path, texts(5))).hasSize(5);
    assertThat(endpoint.stats().doubles()).isZero();
  }

  @Test
  void eachItemAddsToTheLatency() {
    script("{'itemMs':20}");

    long start = System.nanoTime();
    send(EMBEDDINGS, texts(15));

    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(300_000_000L);
  }

  @Test
  void itemsAreCountedByPathAndTheirDoublesAcrossCalls() {
    send(EMBEDDINGS, texts(5));
    send(EMBEDDINGS, "text 1", "text 4", "new");
    caller.send("POST", EMBEDDINGS, "{\"model\":\"local\",\"input\":\"new\"}");
    caller.chat("echo", "hi");

    EndpointStats stats = endpoint.stats();
    assertThat(stats.items().get(EMBEDDINGS)).isEqualTo(new EndpointStats.Items(3, 9, 9, 3, 5));
    assertThat(stats.items().get(CHAT)).isEqualTo(new EndpointStats.Items(1, 1, 1, 0, 1));
    assertThat(stats.answers()).isEqualTo(10);
    assertThat(stats.doubles()).isEqualTo(3);
    assertThat(stats.distinctPrompts()).isEqualTo(7);
    assertThat(
            EndpointCaller.json(caller.send("GET", "/stats", null))
                .at("/items/~1v1~1embeddings/most")
                .asInt())
        .isEqualTo(5);

    endpoint.resetStats();
    assertThat(endpoint.stats().items()).isEmpty();
  }

  @Test
  void theFormOfAVectorIsNoOtherItem() {
    caller.send("POST", EMBEDDINGS, "{\"model\":\"local\",\"input\":\"a\"}");
    caller.send(
        "POST",
        EMBEDDINGS,
        "{\"model\":\"local\",\"input\":[\"a\"],\"encoding_format\":\"base64\"}");
    caller.send("POST", EMBEDDINGS, "{\"model\":\"local\",\"input\":\"a\",\"dimensions\":8}");

    assertThat(endpoint.stats().distinctPrompts()).isEqualTo(2);
    assertThat(endpoint.stats().doubles()).isEqualTo(1);
  }

  @Test
  void tokensOfAllItemsAreCharged() {
    script("{'rateLimit':{'tokensPerMinute':600}}");
    String long200 = "x".repeat(800);

    assertThat(send(EMBEDDINGS, long200, long200, long200).statusCode()).isEqualTo(200);
    HttpResponse<String> tooMany = send(MODERATIONS, long200, long200, long200, "y");
    assertThat(tooMany.statusCode()).isEqualTo(429);
    assertThat(tooMany.body()).contains("Request too large").contains("Requested 601");
    assertThat(send(EMBEDDINGS, long200).statusCode()).isEqualTo(429);
  }
}

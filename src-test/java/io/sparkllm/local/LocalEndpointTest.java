package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalEndpointTest {
  private static final String HI_SHA256 =
      "sha256:8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4";

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

  @Test
  void answersChatInOpenAiShape() {
    JsonNode body = EndpointCaller.json(caller.chat("echo", "hi"));

    assertThat(body.path("object").asText()).isEqualTo("chat.completion");
    assertThat(body.path("model").asText()).isEqualTo("echo");
    assertThat(body.at("/choices/0/message/role").asText()).isEqualTo("assistant");
    assertThat(body.at("/choices/0/message/content").asText()).isEqualTo(HI_SHA256);
    assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(1);
    assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(18);
    assertThat(body.at("/usage/total_tokens").asInt()).isEqualTo(19);
    assertThat(body.at("/usage/prompt_tokens_details/cached_tokens").asInt(-1)).isZero();
    assertThat(body.path("service_tier").asText()).isEqualTo("default");
    assertThat(body.path("system_fingerprint").asText()).contains("no_llm");
  }

  @Test
  void answersResponsesWithALeadingReasoningItem() {
    JsonNode body =
        EndpointCaller.json(
            caller.send(
                "POST",
                "/v1/responses",
                "{\"model\":\"echo\",\"input\":\"hi\",\"service_tier\":\"flex\",\"store\":false}"));

    assertThat(body.path("status").asText()).isEqualTo("completed");
    assertThat(body.at("/output/0/type").asText()).isEqualTo("reasoning");
    assertThat(body.at("/output/1/type").asText()).isEqualTo("message");
    assertThat(body.at("/output/1/content/0/type").asText()).isEqualTo("output_text");
    assertThat(body.at("/output/1/content/0/text").asText()).isEqualTo(HI_SHA256);
    assertThat(body.at("/usage/input_tokens").asInt()).isEqualTo(1);
    assertThat(body.at("/usage/output_tokens").asInt()).isEqualTo(18);
    assertThat(body.path("service_tier").asText()).isEqualTo("flex");
    assertThat(body.path("store").asBoolean(true)).isFalse();
  }

  @Test
  void cutsAnswersAtTheCallersLimit() {
    JsonNode chat =
        EndpointCaller.json(
            caller.send(
                "POST",
                "/v1/chat/completions",
                "{\"model\":\"echo\",\"max_tokens\":2,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));
    JsonNode responses =
        EndpointCaller.json(
            caller.send(
                "POST",
                "/v1/responses",
                "{\"model\":\"echo\",\"input\":\"hi\",\"max_output_tokens\":2}"));

    assertThat(chat.at("/choices/0/message/content").asText()).isEqualTo("sha256:8");
    assertThat(chat.at("/choices/0/finish_reason").asText()).isEqualTo("length");
    assertThat(responses.path("status").asText()).isEqualTo("incomplete");
    assertThat(responses.at("/incomplete_details/reason").asText()).isEqualTo("max_output_tokens");
    assertThat(responses.at("/output/1/content/0/text").asText()).isEqualTo("sha256:8");
  }

  @Test
  void specialModelsRefuseFilterAndStayEmpty() {
    JsonNode refusal = EndpointCaller.json(caller.chat("refuse", "hi"));
    JsonNode filtered = EndpointCaller.json(caller.chat("filter", "hi"));
    JsonNode empty = EndpointCaller.json(caller.chat("empty", "hi"));

    assertThat(refusal.at("/choices/0/message/content").isNull()).isTrue();
    assertThat(refusal.at("/choices/0/message/refusal").asText()).isNotEmpty();
    assertThat(filtered.at("/choices/0/finish_reason").asText()).isEqualTo("content_filter");
    assertThat(empty.at("/choices/0/message/content").isNull()).isTrue();
    assertThat(empty.at("/choices/0/finish_reason").asText()).isEqualTo("length");
  }

  @Test
  void listsItsModelsAndSaysThatTheyAreNoLlm() {
    JsonNode list = EndpointCaller.json(caller.send("GET", "/v1/models", null));
    JsonNode one = EndpointCaller.json(caller.send("GET", "/v1/models/local", null));

    assertThat(list.path("data").findValuesAsText("id")).contains("local", "echo");
    assertThat(one.path("id").asText()).isEqualTo("local");
    assertThat(one.path("description").asText()).contains("no LLM");
    assertThat(caller.send("GET", "/v1/models/gpt-9", null).statusCode()).isEqualTo(404);
  }

  @Test
  void unknownModelIs404InOpenAiWords() {
    HttpResponse<String> response = caller.chat("gpt-9", "hi");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(EndpointCaller.json(response).at("/error/code").asText())
        .isEqualTo("model_not_found");
    assertThat(EndpointCaller.json(response).at("/error/message").asText())
        .isEqualTo("The model `gpt-9` does not exist or you do not have access to it.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"messages\":[]}; model",
        "{\"model\":\"local\"}; messages",
        "{\"model\":\"local\",\"messages\":[]}; messages",
        "{\"model\":\"local\",\"messages\":\"hi\"}; messages",
        "{\"model\":\"local\",\"messages\":[{\"role\":\"boss\",\"content\":\"x\"}]}; messages[0].role",
        "{\"model\":\"local\",\"messages\":[{\"role\":\"user\",\"content\":null}]}; messages[0].content",
        "{\"model\":\"local\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"n\":2}; n",
        "{\"model\":\"local\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"stream\":true}; stream",
        "{\"model\":\"local\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":0}; max_tokens",
        "{\"model\":\"local\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"temperature\":9}; temperature",
        "{\"model\":\"local\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"response_format\":{\"type\":\"json_schema\"}};"
            + " response_format.json_schema",
      })
  void badBodiesAre400AndNameTheParameter(String body, String param) {
    HttpResponse<String> response = caller.send("POST", "/v1/chat/completions", body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(EndpointCaller.json(response).at("/error/type").asText())
        .isEqualTo("invalid_request_error");
    assertThat(EndpointCaller.json(response).at("/error/param").asText()).isEqualTo(param);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[{\"model\":\"local\"}]", "{} {}"})
  void bodiesThatAreNoJsonObjectAre400(String body) {
    assertThat(caller.send("POST", "/v1/chat/completions", body).statusCode()).isEqualTo(400);
  }

  @Test
  void strictSchemasMustForbidMoreAndRequireAll() {
    HttpResponse<String> response =
        caller.send(
            "POST",
            "/v1/responses",
            "{\"model\":\"local\",\"input\":\"x\",\"text\":{\"format\":{\"type\":\"json_schema\","
                + "\"name\":\"t\",\"strict\":true,\"schema\":{\"type\":\"object\","
                + "\"properties\":{\"a\":{\"type\":\"string\"}}}}}}");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(EndpointCaller.json(response).at("/error/message").asText())
        .contains("additionalProperties");
  }

  @Test
  void unknownPathsAre404AndWrongMethods405() {
    assertThat(caller.send("GET", "/v1/nothing", null).statusCode()).isEqualTo(404);
    assertThat(caller.send("GET", "/", null).statusCode()).isEqualTo(404);
    assertThat(caller.send("DELETE", "/v1/models", null).statusCode()).isEqualTo(405);
    assertThat(caller.send("GET", "/v1/chat/completions", null).statusCode()).isEqualTo(405);
  }

  @Test
  void servesAzuresPaths() {
    String body = EndpointCaller.chatBody("echo", "hi");
    String deployment = "/openai/deployments/echo/chat/completions";

    assertThat(caller.send("POST", "/openai/v1/chat/completions", body).statusCode())
        .isEqualTo(200);
    assertThat(
            caller
                .send(
                    "POST",
                    deployment + "?api-version=2024-10-21",
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}")
                .body())
        .contains(HI_SHA256);
    assertThat(caller.send("POST", deployment, body).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "localhost:1", "llm.example.com", "driver-7.cluster.local:8080"})
  void servesWhateverHostTheRequestNames(String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), endpoint.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));

      String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(reply).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aPathTokenGuardsEveryPath() throws IOException {
    try (LocalEndpoint guarded =
        LocalEndpoint.start("127.0.0.1", 0, "s3cret", EndpointScript.none())) {
      assertThat(guarded.url()).isEqualTo("http://127.0.0.1:" + guarded.port() + "/s3cret/v1");
      assertThat(new EndpointCaller(guarded).chat("echo", "hi").statusCode()).isEqualTo(200);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), guarded.port())) {
        socket
            .getOutputStream()
            .write(
                "GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .startsWith("HTTP/1.1 404")
            .doesNotContain("s3cret");
      }
    }
  }

  @Test
  void aRequiredKeyIsCheckedAndNeverRepeated() {
    endpoint.script(EndpointScript.parse("{\"requireKey\":\"sk-right-0123456789\"}"));
    String body = EndpointCaller.chatBody("echo", "hi");

    HttpResponse<String> wrong =
        caller.send(
            "POST", "/v1/chat/completions", body, "Authorization", "Bearer sk-wrong-0123456789");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(EndpointCaller.json(wrong).at("/error/code").asText()).isEqualTo("invalid_api_key");
    assertThat(wrong.body()).doesNotContain("sk-wrong-0123456789");
    assertThat(caller.send("POST", "/v1/chat/completions", body).statusCode()).isEqualTo(401);
    assertThat(
            caller
                .send(
                    "POST",
                    "/v1/chat/completions",
                    body,
                    "Authorization",
                    "Bearer sk-right-0123456789")
                .statusCode())
        .isEqualTo(200);
    assertThat(
            caller
                .send("POST", "/v1/chat/completions", body, "api-key", "sk-right-0123456789")
                .statusCode())
        .isEqualTo(200);
    assertThat(caller.send("GET", "/script", null).body()).doesNotContain("sk-right");
  }

  @Test
  void theScriptCanBeReadAndReplacedOverHttp() {
    String script = "{\"models\":[\"gpt-4o-mini\"]}";

    assertThat(caller.send("PUT", "/script", script).statusCode()).isEqualTo(200);
    assertThat(caller.send("GET", "/script", null).body()).isEqualTo(script);
    assertThat(caller.chat("gpt-4o-mini", "hi").statusCode()).isEqualTo(200);
    assertThat(caller.send("PUT", "/script", "{\"modles\":[]}").body()).contains("'models'");
  }

  /** Other tests' endpoints run in this JVM too. */
  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("spark-llm-local-"))
        .collect(Collectors.toSet());
  }

  @Test
  void runsOnDaemonThreadsThatEndWithIt() throws IOException {
    Set<Thread> before = threads();
    LocalEndpoint second = LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none());
    new EndpointCaller(second).chat("echo", "hi");
    Set<Thread> its = threads();
    its.removeAll(before);
    assertThat(its).isNotEmpty().allMatch(Thread::isDaemon);
    second.close();

    assertThat(its).noneMatch(Thread::isAlive);
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), second.port()).close())
        .isInstanceOf(IOException.class);
  }

  @Test
  void aTakenPortIsAClearError() {
    assertThatThrownBy(
            () -> LocalEndpoint.start("127.0.0.1", endpoint.port(), "", EndpointScript.none()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(Integer.toString(endpoint.port()));
  }
}

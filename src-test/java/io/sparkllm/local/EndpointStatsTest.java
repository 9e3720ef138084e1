package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EndpointStatsTest {
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
  void countsByStatusPathAndModel() {
    caller.chat("echo", "a");
    caller.chat("local", "b");
    caller.chat("nobody", "c");
    caller.send("GET", "/v1/models", null);
    caller.send("GET", "/nowhere", null);

    EndpointStats stats = endpoint.stats();
    assertThat(stats.requests()).isEqualTo(5);
    assertThat(stats.byStatus()).containsEntry(200, 3L).containsEntry(404, 2L).hasSize(2);
    assertThat(stats.byPath())
        .containsEntry("/v1/chat/completions", 3L)
        .containsEntry("/v1/models", 1L)
        .containsEntry("unknown", 1L);
    assertThat(stats.byModel()).containsEntry("echo", 1L).containsEntry("nobody", 1L);
    assertThat(stats.answers()).isEqualTo(2);
    assertThat(stats.promptTokens()).isEqualTo(2);
    assertThat(stats.completionTokens()).isGreaterThan(18);
  }

  @Test
  void doublesAreGoodAnswersBeyondTheFirstToTheSameBody() {
    endpoint.script(
        EndpointScript.parse("{\"faults\":[{\"contains\":\"flaky\",\"times\":1,\"status\":500}]}"));
    caller.chat("echo", "flaky");
    caller.chat("echo", "flaky");
    assertThat(endpoint.stats().doubles()).isZero();

    caller.chat("echo", "flaky");
    caller.chat("echo", "once");

    assertThat(endpoint.stats().doubles()).isEqualTo(1);
    assertThat(endpoint.stats().distinctPrompts()).isEqualTo(2);
  }

  @Test
  void promptsNeedNotBeTracked() {
    endpoint.script(EndpointScript.parse("{\"trackPrompts\":false}"));
    caller.chat("echo", "a");
    caller.chat("echo", "a");

    assertThat(endpoint.stats().doubles()).isZero();
    assertThat(endpoint.stats().distinctPrompts()).isZero();
    assertThat(endpoint.stats().answers()).isEqualTo(2);
  }

  @Test
  void acceptedAndThrottledCallsAreKeptBySecondAndExactlyOnDemand() {
    endpoint.script(
        EndpointScript.parse(
            "{\"recordTimes\":true,\"rateLimit\":{\"requestsPerMinute\":60,\"tokensPerMinute\":600}}"));
    long before = System.currentTimeMillis();
    caller.chat("echo", "eight ch");
    HttpResponse<String> refused = caller.chat("echo", "eight ch");

    EndpointStats stats = endpoint.stats();
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("Please try again in ");
    assertThat(refused.headers().firstValue("x-ratelimit-limit-requests")).contains("60");
    assertThat(stats.accepted()).hasSize(1);
    assertThat(stats.accepted().get(0).epochMs()).isBetween(before, System.currentTimeMillis());
    assertThat(stats.accepted().get(0).tokens()).isEqualTo(2);
    assertThat(stats.seconds().stream().mapToLong(EndpointStats.Second::requests).sum())
        .isEqualTo(1);
    assertThat(stats.seconds().stream().mapToLong(EndpointStats.Second::tokens).sum()).isEqualTo(2);
    assertThat(stats.seconds().stream().mapToLong(EndpointStats.Second::throttled).sum())
        .isEqualTo(1);
  }

  @Test
  void requestsAreChargedTheirMaxTokens() {
    endpoint.script(EndpointScript.parse("{\"rateLimit\":{\"tokensPerMinute\":600}}"));

    HttpResponse<String> response =
        caller.send(
            "POST",
            "/v1/chat/completions",
            "{\"model\":\"echo\",\"max_tokens\":601,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.body()).contains("Request too large").contains("Requested 601");
  }

  @Test
  void tokensThatAnAnswerUsedBeyondItsChargeCountWhereTheLimitSaysSo() {
    endpoint.script(
        EndpointScript.parse(
            "{\"recordTimes\":true,\"rateLimit\":{\"tokensPerMinute\":60,\"charge\":\"used\"}}"));

    // A prompt of 2 tokens and an answer of 18, at one token a second.
    caller.chat("echo", "eight ch");
    HttpResponse<String> refused = caller.chat("echo", "eight ch");

    EndpointStats stats = endpoint.stats();
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(Integer.parseInt(refused.headers().firstValue("retry-after").orElseThrow()))
        .isBetween(10, 20);
    assertThat(stats.accepted()).extracting(EndpointStats.Accepted::tokens).containsExactly(20L);
    assertThat(stats.seconds().get(0).tokens()).isEqualTo(20);
  }

  @Test
  void refusedCallsAreKeptExactlyOnDemand() {
    endpoint.script(
        EndpointScript.parse(
            "{\"recordTimes\":true,\"rateLimit\":{\"requestsPerMinute\":2},\"faults\":[{\"status\":503}]}"));
    long before = System.currentTimeMillis();
    caller.chat("echo", "a");
    caller.chat("echo", "a");

    EndpointStats stats = endpoint.stats();
    assertThat(stats.accepted()).isEmpty();
    assertThat(stats.refused()).extracting(EndpointStats.Refused::status).containsExactly(503, 429);
    assertThat(stats.refused())
        .allMatch(r -> r.epochMs() >= before && r.epochMs() <= System.currentTimeMillis());
  }

  @Test
  void countsGoOnWhenTheLimitChanges() {
    String limit =
        "{\"recordTimes\":true,\"rateLimit\":{\"requestsPerMinute\":%d},\"faults\":[{\"after\":3,\"status\":503}]}";
    endpoint.script(EndpointScript.parse(limit.formatted(2)));
    caller.chat("echo", "a");
    caller.chat("echo", "a");
    EndpointStats before = endpoint.stats();
    assertThat(before.byStatus()).containsEntry(200, 1L).containsEntry(429, 1L);

    assertThat(caller.send("PUT", "/script", limit.formatted(600_000)).statusCode()).isEqualTo(200);
    assertThat(endpoint.stats()).isEqualTo(before);
    caller.chat("echo", "a");
    caller.chat("echo", "b");

    EndpointStats after = endpoint.stats();
    // The third behind the limits: their numbers go on too.
    assertThat(after.byStatus())
        .containsEntry(200, 2L)
        .containsEntry(429, 1L)
        .containsEntry(503, 1L);
    assertThat(after.doubles()).isEqualTo(1);
    assertThat(after.accepted()).hasSize(2).startsWith(before.accepted().get(0));
  }

  @Test
  void theSameIsToldOverHttpAndControlCallsAreNotCounted() {
    caller.chat("echo", "a");

    JsonNode stats = EndpointCaller.json(caller.send("GET", "/stats", null));

    assertThat(stats.path("requests").asInt()).isEqualTo(1);
    assertThat(stats.at("/byStatus/200").asInt()).isEqualTo(1);
    assertThat(stats.at("/seconds/0/requests").asInt()).isEqualTo(1);
    assertThat(caller.send("POST", "/stats/reset", null).statusCode()).isEqualTo(200);
    assertThat(endpoint.stats().requests()).isZero();
    assertThat(endpoint.stats().distinctPrompts()).isZero();
  }

  @Test
  void aClientThatHangsUpIsSeenAtOnce() throws IOException {
    endpoint.script(EndpointScript.parse("{\"latencyMs\":600000}"));
    String body = EndpointCaller.chatBody("echo", "hi");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), endpoint.port())) {
      socket
          .getOutputStream()
          .write(
              ("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> endpoint.stats().inFlight() == 1);
    }

    await().until(() -> endpoint.stats().inFlight() == 0);
    assertThat(endpoint.stats().abandoned()).isEqualTo(1);
  }
}

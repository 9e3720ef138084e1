package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointFaultsTest {
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

  @ParameterizedTest
  @CsvSource({
    "throttle, 429, tokens, rate_limit_exceeded, Please try again in 1s",
    "too_large, 429, tokens, rate_limit_exceeded, Request too large",
    "quota, 429, insufficient_quota, insufficient_quota, exceeded your current quota",
    "slow_down, 429, rate_limit_error, slow_down, Slow down",
    "overloaded, 503, service_unavailable_error, server_is_overloaded, overloaded",
    "server_error, 500, server_error, , had an error",
    "invalid_key, 401, invalid_request_error, invalid_api_key, Incorrect API key",
    "model_not_found, 404, invalid_request_error, model_not_found, does not exist",
    "context_length, 400, invalid_request_error, context_length_exceeded, maximum context",
    "content_filter, 400, invalid_request_error, content_filter, filtered",
  })
  void namedFaultsAnswerAsServicesDo(
      String kind, int status, String type, String code, String words) {
    script("{'faults':[{'kind':'" + kind + "'}]}");

    HttpResponse<String> response = caller.chat("local", "hi");

    JsonNode error = EndpointCaller.json(response).path("error");
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(error.path("type").asText()).isEqualTo(type);
    assertThat(error.path("code").textValue()).isEqualTo(code);
    assertThat(error.path("message").asText()).contains(words);
  }

  @Test
  void statusFaultsCanBeShapedFreely() {
    script(
        "{'faults':[{'status':498,'type':'t','code':'capacity_exceeded','param':'p','message':'m',"
            + "'headers':{'x-a':'b'},'shouldRetry':false}]}");

    HttpResponse<String> response = caller.chat("local", "hi");

    assertThat(response.statusCode()).isEqualTo(498);
    assertThat(response.body())
        .isEqualTo(
            "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":\"p\",\"code\":\"capacity_exceeded\"}}");
    assertThat(response.headers().firstValue("x-a")).contains("b");
    assertThat(response.headers().firstValue("x-should-retry")).contains("false");
  }

  @Test
  void aLiteralBodyReplacesTheError() {
    script("{'faults':[{'status':422,'body':{'detail':'no'}}]}");
    assertThat(caller.chat("local", "hi").body()).isEqualTo("{\"detail\":\"no\"}");

    script("{'faults':[{'status':504,'body':'upstream timed out'}]}");
    assertThat(caller.chat("local", "hi").body()).isEqualTo("upstream timed out");
  }

  @ParameterizedTest
  @CsvSource({
    "seconds, 2, 1500",
    "integer, 2, ",
    "float, 1.500, ",
    "ms, , 1500",
    "none, , ",
  })
  void retryAfterComesInEveryForm(String form, String seconds, String ms) {
    script("{'faults':[{'kind':'throttle','retryAfter':1.5,'retryAfterForm':'" + form + "'}]}");

    HttpResponse<String> response = caller.chat("local", "hi");

    assertThat(response.headers().firstValue("retry-after").orElse(null)).isEqualTo(seconds);
    assertThat(response.headers().firstValue("retry-after-ms").orElse(null)).isEqualTo(ms);
  }

  @Test
  void retryAfterCanBeAnHttpDate() {
    script("{'faults':[{'kind':'overloaded','retryAfter':30,'retryAfterForm':'date'}]}");

    assertThat(caller.chat("local", "hi").headers().firstValue("retry-after"))
        .hasValueSatisfying(
            date ->
                assertThat(date).matches("\\w{3}, \\d{2} \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"drop", "truncated", "stall"})
  void brokenConnectionsReachTheClientAsErrors(String kind) {
    script("{'faults':[{'kind':'" + kind + "','stallMs':50}]}");

    assertThatThrownBy(() -> caller.chat("echo", "hi")).isInstanceOf(UncheckedIOException.class);
    assertThat(endpoint.stats().answers()).isZero();
  }

  @Test
  void droppedAndStalledCallsAreCounted() {
    script("{'faults':[{'kind':'drop','contains':'a'},{'kind':'stall','stallMs':20}]}");
    assertThatThrownBy(() -> caller.chat("echo", "a")).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> caller.chat("echo", "b")).isInstanceOf(UncheckedIOException.class);

    assertThat(endpoint.stats().dropped()).isPositive();
    assertThat(endpoint.stats().stalled()).isPositive();
    assertThat(endpoint.stats().byStatus()).isEmpty();
  }

  @Test
  void aSlowBodyArrivesWhole() {
    script("{'faults':[{'kind':'slow_body','chunkBytes':50,'chunkDelayMs':10}]}");

    long start = System.nanoTime();
    HttpResponse<String> response = caller.chat("echo", "hi");

    assertThat(EndpointCaller.json(response).at("/choices/0/message/content").asText())
        .startsWith("sha256:");
    assertThat(System.nanoTime() - start).isGreaterThan(50_000_000L);
    assertThat(endpoint.stats().answers()).isEqualTo(1);
  }

  @Test
  void successfulStatusesCanCarryNoAnswer() {
    script("{'faults':[{'kind':'malformed'}]}");
    assertThat(caller.chat("echo", "hi").statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> EndpointCaller.json(caller.chat("echo", "hi")))
        .isInstanceOf(IllegalArgumentException.class);

    script("{'faults':[{'kind':'empty_body'}]}");
    assertThat(caller.chat("echo", "hi").body()).isEmpty();

    script("{'faults':[{'kind':'json','body':{'choices':[]}}]}");
    assertThat(caller.chat("echo", "hi").body()).isEqualTo("{\"choices\":[]}");

    script("{'faults':[{'kind':'html'}]}");
    HttpResponse<String> page = caller.chat("echo", "hi");
    assertThat(page.statusCode()).isEqualTo(502);
    assertThat(page.body()).startsWith("<html>");
    assertThat(endpoint.stats().answers()).isZero();
  }

  @Test
  void anAnswerCanBeARefusalForChosenPrompts() {
    script("{'faults':[{'kind':'refuse','contains':'poison'}]}");

    JsonNode poisoned = EndpointCaller.json(caller.chat("echo", "a poison b"));
    assertThat(poisoned.at("/choices/0/message/refusal").asText()).isNotEmpty();
    assertThat(caller.chat("echo", "a cure").body()).contains("sha256:");
  }

  @Test
  void firstAndAfterCountRequests() {
    script("{'faults':[{'first':2,'status':500},{'after':4,'status':503}]}");

    assertThat(statuses("a", "b", "c", "d", "e")).containsExactly(500, 500, 200, 503, 503);

    endpoint.resetStats();
    assertThat(statuses("a", "b", "c")).containsExactly(500, 500, 200);
  }

  @Test
  void timesLimitsARuleForEachPrompt() {
    script("{'faults':[{'times':1,'kind':'throttle'},{'times':2,'status':500}]}");

    assertThat(statuses("a", "a", "a", "b", "b", "b"))
        .containsExactly(429, 500, 200, 429, 500, 200);
  }

  @Test
  void drawsRepeatWhateverTheOrderAndRetriesDrawAnew() {
    script("{'seed':7,'faults':[{'ratio':0.3,'status':500}]}");
    String[] prompts = IntStream.range(0, 200).mapToObj(i -> "p" + i).toArray(String[]::new);
    List<Integer> first = statuses(prompts);
    List<Integer> again = statuses(prompts);
    endpoint.resetStats();
    List<Integer> reversed = new ArrayList<>();
    for (int i = prompts.length - 1; i >= 0; i--) {
      reversed.add(0, caller.chat("echo", prompts[i]).statusCode());
    }

    assertThat(reversed).isEqualTo(first);
    assertThat(again).isNotEqualTo(first);
    assertThat(first.stream().filter(status -> status == 500).count()).isBetween(40L, 80L);
    script("{'seed':8,'faults':[{'ratio':0.3,'status':500}]}");
    endpoint.resetStats();
    assertThat(statuses(prompts)).isNotEqualTo(first);
  }

  @Test
  void pathConfinesARule() {
    script("{'faults':[{'path':'responses','status':500}]}");

    assertThat(caller.chat("echo", "hi").statusCode()).isEqualTo(200);
    assertThat(
            caller
                .send("POST", "/v1/responses", "{\"model\":\"echo\",\"input\":\"hi\"}")
                .statusCode())
        .isEqualTo(500);
  }

  @Test
  void latencyDelaysAnswersWithoutHoldingThreads() {
    script("{'latencyMs':300}");

    long start = System.nanoTime();
    var calls = IntStream.range(0, 100).mapToObj(i -> caller.chatAsync("echo", "p" + i)).toList();
    calls.forEach(call -> assertThat(call.join().statusCode()).isEqualTo(200));

    long ms = (System.nanoTime() - start) / 1_000_000;
    assertThat(ms).isGreaterThanOrEqualTo(300).isLessThan(15_000);
    assertThat(endpoint.stats().maxInFlight()).isGreaterThan(50);
    assertThat(endpoint.stats().inFlight()).isZero();
  }

  @Test
  void stragglersTakeTheirFactor() {
    script("{'latencyMs':50,'slow':{'ratio':1,'factor':6}}");

    long start = System.nanoTime();
    caller.chat("echo", "hi");

    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(290_000_000L);
  }

  private List<Integer> statuses(String... prompts) {
    List<Integer> statuses = new ArrayList<>();
    for (String prompt : prompts) {
      statuses.add(caller.chat("echo", prompt).statusCode());
    }
    return statuses;
  }
}

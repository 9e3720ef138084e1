package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches from their create to their end. */
class BatchLifeTest {
  private LocalEndpoint endpoint;
  private EndpointCaller caller;
  private BatchCaller batches;

  @BeforeEach
  void start() throws IOException {
    endpoint = LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none());
    caller = new EndpointCaller(endpoint);
    batches = new BatchCaller(caller);
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  private void script(String batch) {
    endpoint.script(EndpointScript.parse(("{'batch':" + batch + "}").replace('\'', '"')));
  }

  @Test
  void aBatchAnswersEveryLineAsTheInteractiveRouteDoes() {
    String file = batches.upload(BatchCaller.lines(100));
    String id = batches.batch(file);

    JsonNode done = batches.await(id, "completed");

    List<JsonNode> output = batches.results(done.path("output_file_id").asText());
    assertThat(BatchCaller.ids(output)).doesNotHaveDuplicates().hasSize(100);
    assertThat(BatchCaller.ids(output))
        .isNotEqualTo(BatchCaller.ids(output).stream().sorted().toList());
    Map<String, JsonNode> byId = batches.byId(done.path("output_file_id"));
    JsonNode seven = byId.get("r-7");
    assertThat(seven.at("/response/body/choices/0/message/content").asText())
        .isEqualTo(
            EndpointCaller.json(caller.chat("echo", "text 7"))
                .at("/choices/0/message/content")
                .asText());
    assertThat(done.path("error_file_id").isNull()).isTrue();
    assertThat(done.path("request_counts").toString())
        .isEqualTo("{\"total\":100,\"completed\":100,\"failed\":0}");
  }

  @Test
  void statesAreHeldUntilTheScriptChanges() {
    script("{'hold':['validating']}");
    String id = batches.batch(batches.upload(BatchCaller.lines(10)));

    JsonNode validating = batches.retrieve(id);
    assertThat(validating.path("status").asText()).isEqualTo("validating");
    assertThat(validating.path("model").isNull()).isTrue();
    assertThat(validating.at("/request_counts/total").asInt()).isZero();

    script("{'hold':['in_progress'],'holdAfterLines':4}");
    batches.await(id, "in_progress");
    await().until(() -> batches.retrieve(id).at("/request_counts/completed").asInt() == 4);
    assertThat(batches.retrieve(id).at("/request_counts/total").asInt()).isEqualTo(10);

    script("{'hold':['finalizing']}");
    JsonNode finalizing = batches.await(id, "finalizing");
    assertThat(finalizing.path("output_file_id").isNull()).isTrue();

    script("{}");
    JsonNode done = batches.await(id, "completed");
    assertThat(batches.results(done.path("output_file_id").asText())).hasSize(10);
  }

  @Test
  void whenTheWindowHasPassedWhatRanIsKeptAndTheRestIsTold() {
    script("{'hold':['in_progress'],'holdAfterLines':3}");
    String id = batches.batch(batches.upload(BatchCaller.lines(10)));
    await().until(() -> batches.retrieve(id).at("/request_counts/completed").asInt() == 3);

    script("{'clockAheadSeconds':86400}");
    JsonNode expired = batches.await(id, "expired");

    assertThat(batches.results(expired.path("output_file_id").asText())).hasSize(3);
    List<JsonNode> errors = batches.results(expired.path("error_file_id").asText());
    assertThat(errors)
        .hasSize(7)
        .allMatch(line -> line.path("response").isNull())
        .allMatch(line -> line.at("/error/code").asText().equals("batch_expired"));
    assertThat(expired.path("expired_at").asLong())
        .isGreaterThanOrEqualTo(expired.path("expires_at").asLong());
  }

  @Test
  void aCancelledBatchKeepsWhatRan() {
    script("{'hold':['in_progress'],'holdAfterLines':3}");
    String id = batches.batch(batches.upload(BatchCaller.lines(10)));
    await().until(() -> batches.retrieve(id).at("/request_counts/completed").asInt() == 3);
    script("{'hold':['in_progress','cancelling'],'holdAfterLines':3}");

    assertThat(EndpointCaller.json(batches.cancel(id)).path("status").asText())
        .isEqualTo("cancelling");
    assertThat(batches.cancel(id).statusCode()).isEqualTo(200);
    script("{}");
    JsonNode cancelled = batches.await(id, "cancelled");

    assertThat(batches.results(cancelled.path("output_file_id").asText())).hasSize(3);
    assertThat(batches.results(cancelled.path("error_file_id").asText()))
        .hasSize(7)
        .allMatch(line -> line.at("/error/code").asText().equals("batch_cancelled"));
    assertThat(batches.cancel(id).statusCode()).isEqualTo(200);
  }

  @Test
  void aBatchThatHasEndedCannotBeCancelled() {
    String id = batches.batch(batches.upload(BatchCaller.lines(1)));
    batches.await(id, "completed");

    HttpResponse<String> refused = batches.cancel(id);

    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body())
        .isEqualTo(
            "{\"error\":{\"message\":\"Cannot cancel a batch with status 'completed'.\","
                + "\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}");
  }
}

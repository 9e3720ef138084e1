package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Creates and lists of batches: what is taken, what is refused, what is told. */
class BatchCreateTest {
  private static final String GOOD =
      "'input_file_id':'%s','endpoint':'/v1/chat/completions','completion_window':'24h'";

  private LocalEndpoint endpoint;
  private BatchCaller batches;

  @BeforeEach
  void start() throws IOException {
    endpoint = LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none());
    batches = new BatchCaller(new EndpointCaller(endpoint));
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  private void script(String batch) {
    endpoint.script(EndpointScript.parse(("{'batch':" + batch + "}").replace('\'', '"')));
  }

  private static JsonNode error(HttpResponse<String> response) {
    return EndpointCaller.json(response).path("error");
  }

  private static String good(String fileId) {
    return GOOD.formatted(fileId);
  }

  @Test
  void aNewBatchIsABatchObject() {
    script("{'hold':['validating']}");
    String file = batches.upload(BatchCaller.lines(1));

    JsonNode batch =
        EndpointCaller.json(
            batches.create(
                "{%s,'metadata':{'run':'r1','part':'0'},'output_expires_after':{'anchor':'created_at','seconds':3600}}"
                    .formatted(good(file))));

    assertThat(batch.path("id").asText()).startsWith("batch_");
    assertThat(batch.path("object").asText()).isEqualTo("batch");
    assertThat(batch.path("endpoint").asText()).isEqualTo("/v1/chat/completions");
    assertThat(batch.path("model").isNull()).isTrue();
    assertThat(batch.path("errors").isNull()).isTrue();
    assertThat(batch.path("input_file_id").asText()).isEqualTo(file);
    assertThat(batch.path("completion_window").asText()).isEqualTo("24h");
    assertThat(batch.path("status").asText()).isEqualTo("validating");
    assertThat(batch.path("output_file_id").isNull()).isTrue();
    assertThat(batch.path("error_file_id").isNull()).isTrue();
    assertThat(batch.path("expires_at").asLong() - batch.path("created_at").asLong())
        .isEqualTo(86_400);
    for (String later :
        List.of(
            "in_progress",
            "finalizing",
            "completed",
            "failed",
            "expired",
            "cancelling",
            "cancelled")) {
      assertThat(batch.path(later + "_at").isNull()).as(later).isTrue();
    }
    assertThat(batch.path("request_counts").toString())
        .isEqualTo("{\"total\":0,\"completed\":0,\"failed\":0}");
    assertThat(batch.path("metadata").toString()).isEqualTo("{\"run\":\"r1\",\"part\":\"0\"}");
    String id = batch.path("id").asText();
    assertThat(batches.retrieve(id)).isEqualTo(batch);

    script("{}");
    JsonNode done = batches.await(id, "completed");
    JsonNode output =
        EndpointCaller.json(batches.get("/files/" + done.path("output_file_id").asText()));
    assertThat(done.path("metadata")).isEqualTo(batch.path("metadata"));
    assertThat(done.path("model").asText()).isEqualTo("echo");
    assertThat(output.path("purpose").asText()).isEqualTo("batch_output");
    assertThat(output.path("expires_at").asLong() - output.path("created_at").asLong())
        .isEqualTo(3600);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'endpoint':'/v1/invalid/endpoint','input_file_id':'f','completion_window':'24h'; endpoint; invalid_value;"
            + " Invalid value: '/v1/invalid/endpoint'. Supported values are: '/v1/responses', '/v1/chat/completions', '/v1/embeddings', '/v1/moderations'",
        "'endpoint':'/chat/completions','input_file_id':'f','completion_window':'24h'; endpoint; invalid_value; Invalid value",
        "'endpoint':'/v1/responses','input_file_id':'f','completion_window':'48h'; completion_window; invalid_value;"
            + " Invalid value: '48h'. Supported values are: '24h'.",
        "'endpoint':'/v1/responses','completion_window':'24h'; input_file_id; missing_required_parameter;"
            + " Missing required parameter: 'input_file_id'.",
        "'endpoint':7,'input_file_id':'f','completion_window':'24h'; endpoint; invalid_type; Invalid type for 'endpoint'",
        "G,'metadata':{'tags':['a']}; metadata.tags; invalid_type;"
            + " Invalid type for 'metadata.tags': expected a string, but got an array instead.",
        "G,'metadata':[]; metadata; invalid_type; Invalid type for 'metadata': expected an object, but got an array",
        "G,'metadata':{'a':'513'}; metadata.a; string_above_max_length; Invalid 'metadata.a': string too long.",
        "G,'metadata':{'17':''}; metadata; object_above_max_properties; Invalid 'metadata': too many properties.",
        "G,'output_expires_after':{'anchor':'created_at','seconds':10}; output_expires_after.seconds; integer_below_min_value;"
            + " Invalid 'output_expires_after.seconds': integer below minimum value. Expected a value >= 3600",
        "G,'output_expires_after':{'anchor':'now','seconds':3600}; output_expires_after.anchor; invalid_value; Invalid value: 'now'",
        "G,'priority':1; priority; unknown_parameter; Unknown parameter: 'priority'.",
      })
  void whatIsWrongWithACreateIsToldInTheServicesWords(
      String body, String param, String code, String message) {
    StringBuilder many = new StringBuilder("'k0':'v'");
    for (int i = 1; i < 17; i++) {
      many.append(",'k").append(i).append("':'v'");
    }
    String sent =
        body.replace("G", good("file-x"))
            .replace("'513'", "'" + "v".repeat(513) + "'")
            .replace("'17':''", many);

    HttpResponse<String> response = batches.create("{" + sent + "}");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(error(response).path("param").asText()).isEqualTo(param);
    assertThat(error(response).path("code").asText()).isEqualTo(code);
    assertThat(error(response).path("message").asText()).startsWith(message);
    assertThat(error(response).path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(endpoint.stats().batch().creates()).isZero();
  }

  @Test
  void aFileThatIsNotThereShowsWhenTheBatchIsValidated() {
    JsonNode failed = batches.await(batches.batch("file-nowhere"), "failed");

    assertThat(failed.path("errors").toString())
        .isEqualTo(
            "{\"object\":\"list\",\"data\":[{\"code\":\"invalid_request\",\"message\":\"Cannot find"
                + " file file-nowhere, or organization org-local does not have access to it.\","
                + "\"param\":\"file_id\",\"line\":null}]}");
    assertThat(failed.path("failed_at").isNull()).isFalse();
  }

  @Test
  void aFileThatIsDeletedWhileItIsValidatedIsNotThere() {
    script("{'hold':['validating']}");
    String file = batches.upload(BatchCaller.lines(1));
    String id = batches.batch(file);
    batches.delete("/files/" + file);
    script("{}");

    assertThat(batches.await(id, "failed").at("/errors/data/0/param").asText())
        .isEqualTo("file_id");
  }

  @Test
  void aFileThatIsDeletedWhileItsBatchRunsIsRunToTheEnd() {
    script("{'hold':['in_progress']}");
    String file = batches.upload(BatchCaller.lines(20));
    String id = batches.batch(file);
    batches.await(id, "in_progress");
    batches.delete("/files/" + file);
    script("{}");

    JsonNode done = batches.await(id, "completed");
    assertThat(batches.results(done.path("output_file_id").asText())).hasSize(20);
  }

  @Test
  void aFileThatIsNotSeenYetIsNoFileOfABatch() {
    script("{'lag':{'reads':1,'status':400}}");
    String file = batches.upload(BatchCaller.lines(1));

    HttpResponse<String> refused = batches.create("{" + good(file) + "}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(error(refused).path("param").asText()).isEqualTo("file_id");
    batches.await(batches.batch(file), "completed");

    script("{'lag':{'reads':1,'creates':'fail'}}");
    String other = batches.upload(BatchCaller.lines(1));
    JsonNode failed = batches.await(batches.batch(other), "failed");
    assertThat(failed.at("/errors/data/0/code").asText()).isEqualTo("invalid_request");
    batches.await(batches.batch(other), "completed");
  }

  @Test
  void createsBeyondTheLimitAreRefused() {
    script("{'creates':{'limit':1,'perSeconds':3600}}");
    String file = batches.upload(BatchCaller.lines(1));
    batches.batch(file);

    HttpResponse<String> refused = batches.create("{" + good(file) + "}");

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(error(refused).path("code").asText()).isEqualTo("rate_limit_exceeded");
    assertThat(endpoint.stats().batch().creates()).isEqualTo(1);
    assertThat(endpoint.stats().batch().createsRefused()).isEqualTo(1);
  }

  @Test
  void theLimitsAreThoseOfTheServiceUnlessTheScriptSaysOtherwise() {
    String file = batches.upload(BatchCaller.lines(1));
    for (int i = 1; i < 1_000; i++) {
      assertThat(batches.form("in.jsonl", "{}", "purpose", "batch").statusCode()).isEqualTo(200);
    }
    assertThat(batches.form("in.jsonl", "{}", "purpose", "batch").statusCode()).isEqualTo(429);

    for (int i = 0; i < 2_000; i++) {
      assertThat(batches.create("{" + good("file-none") + "}").statusCode()).isEqualTo(200);
    }
    assertThat(batches.create("{" + good(file) + "}").statusCode()).isEqualTo(429);
  }

  @Test
  void aBatchWhoseReplyIsLostIsMadeAndCanBeFound() {
    script("{'faults':[{'call':'create','kind':'lost','times':1}]}");
    String file = batches.upload(BatchCaller.lines(3));

    assertThat(
            catchThrowable(() -> batches.create("{" + good(file) + ",'metadata':{'print':'abc'}}")))
        .hasCauseInstanceOf(IOException.class);

    JsonNode found = EndpointCaller.json(batches.get("/batches")).at("/data/0");
    assertThat(found.at("/metadata/print").asText()).isEqualTo("abc");
    batches.await(found.path("id").asText(), "completed");
    assertThat(endpoint.stats().batch().creates()).isEqualTo(1);
    assertThat(endpoint.stats().answers()).isEqualTo(3);
  }

  @Test
  void listsAreReadNewestFirstPageByPage() {
    String file = batches.upload(BatchCaller.lines(1));
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      made.add(0, batches.batch(file));
    }

    JsonNode first = EndpointCaller.json(batches.get("/batches"));
    assertThat(listed(first)).isEqualTo(made.subList(0, 20));
    assertThat(first.path("has_more").asBoolean()).isTrue();
    assertThat(first.path("first_id").asText()).isEqualTo(made.get(0));
    JsonNode rest =
        EndpointCaller.json(
            batches.get("/batches?limit=100&after=" + first.path("last_id").asText()));
    assertThat(listed(rest)).isEqualTo(made.subList(20, 25));
    assertThat(rest.path("has_more").asBoolean()).isFalse();
    assertThat(listed(EndpointCaller.json(batches.get("/batches?limit=1"))))
        .containsExactly(made.get(0));
    assertThat(batches.get("/batches?limit=0").statusCode()).isEqualTo(400);
    assertThat(error(batches.get("/batches?limit=101")).path("code").asText())
        .isEqualTo("integer_above_max_value");
  }

  @Test
  void anUnknownBatchIsNotFound() {
    HttpResponse<String> response = batches.get("/batches/batch_none");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(error(response).path("message").asText())
        .isEqualTo("No batch found with id 'batch_none'.");
    assertThat(batches.cancel("batch_none").statusCode()).isEqualTo(404);
  }

  @Test
  void batchesAndFilesMayDisappear() {
    String file = batches.upload(BatchCaller.lines(1));
    String id = batches.batch(file);
    String output = batches.await(id, "completed").path("output_file_id").asText();

    script("{'gone':['batches','output_files']}");
    assertThat(batches.get("/batches/" + id).statusCode()).isEqualTo(404);
    assertThat(batches.cancel(id).statusCode()).isEqualTo(404);
    assertThat(listed(EndpointCaller.json(batches.get("/batches")))).isEmpty();
    assertThat(batches.get("/files/" + output + "/content").statusCode()).isEqualTo(404);
    assertThat(batches.get("/files/" + file).statusCode()).isEqualTo(200);

    script("{'gone':['input_files']}");
    assertThat(batches.get("/files/" + file).statusCode()).isEqualTo(404);
    assertThat(batches.get("/files/" + output + "/content").statusCode()).isEqualTo(200);
    assertThat(batches.await(batches.batch(file), "failed").at("/errors/data/0/param").asText())
        .isEqualTo("file_id");
  }

  private static List<String> listed(JsonNode list) {
    return StreamSupport.stream(list.path("data").spliterator(), false)
        .map(batch -> batch.path("id").asText())
        .toList();
  }
}

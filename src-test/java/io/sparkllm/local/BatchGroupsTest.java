package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchGroupsTest {
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

  private static String line(String id, String url, int inputs) {
    return "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"%s\",\"body\":{\"model\":\"local\",\"input\":%s}}"
        .formatted(
            id,
            url,
            IntStream.range(0, inputs)
                .mapToObj(i -> "\"" + id + " text " + i + "\"")
                .collect(Collectors.joining(",", "[", "]")));
  }

  private String batch(String url, String... lines) {
    HttpResponse<String> created =
        batches.create(
            "{'input_file_id':'%s','endpoint':'%s','completion_window':'24h'}"
                .formatted(batches.upload(lines), url));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
    return EndpointCaller.json(created).path("id").asText();
  }

  @Test
  void linesAreAnsweredWithTheVectorsOfAllTheirInputs() {
    String url = "/v1/embeddings";

    JsonNode done = batches.await(batch(url, line("a", url, 3), line("b", url, 2)), "completed");
    caller.send("POST", url, "{\"model\":\"local\",\"input\":\"b text 1\"}");

    Map<String, JsonNode> results = batches.byId(done.path("output_file_id"));
    assertThat(results.get("a").at("/response/body/data")).hasSize(3);
    assertThat(results.get("b").at("/response/body/data"))
        .hasSize(2)
        .allMatch(item -> item.path("embedding").size() == 256);
    EndpointStats stats = endpoint.stats();
    assertThat(stats.items().get("batch " + url)).isEqualTo(new EndpointStats.Items(2, 5, 5, 0, 3));
    // The same text by a call of its own: one row, whatever its way.
    assertThat(stats.doubles()).isEqualTo(1);
  }

  @Test
  void moderationsRunInBatchesToo() {
    String url = "/v1/moderations";

    JsonNode done = batches.await(batch(url, line("a", url, 2)), "completed");

    assertThat(batches.byId(done.path("output_file_id")).get("a").at("/response/body/results"))
        .hasSize(2);
  }

  @Test
  void embeddingInputsOfAFileAreLimited() {
    String url = "/v1/embeddings";
    endpoint.script(EndpointScript.parse("{\"batch\":{\"maxInputs\":5}}"));

    assertThat(batches.await(batch(url, line("a", url, 3), line("b", url, 2)), "completed"))
        .isNotNull();
    JsonNode failed = batches.await(batch(url, line("a", url, 3), line("b", url, 3)), "failed");

    assertThat(failed.at("/errors/data/0/code").asText()).isEqualTo("too_many_tasks");
    assertThat(failed.at("/errors/data/0/message").asText()).contains("embedding inputs", "5");
  }

  @Test
  void theLimitOfInputsIsThatOfTheService() {
    String url = "/v1/embeddings";
    String[] lines =
        IntStream.range(0, 26).mapToObj(i -> line("r" + i, url, 1924)).toArray(String[]::new);

    JsonNode failed = batches.await(batch(url, lines), "failed");

    assertThat(failed.at("/errors/data/0/message").asText()).contains("50000");
  }

  @Test
  void aLineThatIsRefusedIsInTheErrorFile() {
    String url = "/v1/embeddings";

    JsonNode done = batches.await(batch(url, line("a", url, 1), line("b", url, 2049)), "completed");

    assertThat(
            batches
                .byId(done.path("error_file_id"))
                .get("b")
                .at("/response/body/error/code")
                .asText())
        .isEqualTo("array_above_max_length");
  }
}

package io.sparkllm.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class EndpointProcessTest {

  @Test
  void countsInAnotherProcessAndFollowsItsScript() throws Exception {
    String url;
    try (EndpointProcess endpoint =
        EndpointProcess.start(
            "{\"recordTimes\": true, \"rateLimit\": {\"requestsPerMinute\": 2}}")) {
      url = endpoint.url();
      long before = System.currentTimeMillis();
      assertThat(ask(url)).isEqualTo(200);
      assertThat(ask(url)).isEqualTo(429);

      endpoint.script("{\"recordTimes\": true}");

      assertThat(ask(url)).isEqualTo(200);
      assertThat(endpoint.stats().byStatus()).containsEntry(200, 2L).containsEntry(429, 1L);
      assertThat(endpoint.requests().amount()).isEqualTo(2);
      assertThat(endpoint.requests().firstMs()).isBetween(before, System.currentTimeMillis());
      // "hi" is one token.
      assertThat(endpoint.tokens().amount()).isEqualTo(2);
      assertThat(endpoint.refused(429).amount()).isEqualTo(1);
      assertThatThrownBy(() -> endpoint.script("{\"latencyMss\": 1}"))
          .hasMessageContaining("latencyMss");
    }
    assertThatThrownBy(() -> ask(url)).isInstanceOf(ConnectException.class);
  }

  @Test
  void aScriptThatCannotBeUsedIsTold() {
    assertThatThrownBy(() -> EndpointProcess.start("{\"latencyMss\": 1}"))
        .hasMessageContaining("latencyMss");
  }

  private static int ask(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url + "/chat/completions"))
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"model\": \"echo\", \"messages\": [{\"role\": \"user\", \"content\":"
                            + " \"hi\"}]}"))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}

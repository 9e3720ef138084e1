package io.sparkllm.benchmark;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import io.sparkllm.shaded.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The local endpoint in a JVM of its own, as {@code LlmJob serve} runs it. */
final class EndpointProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String READY = "Serving ";

  private final Process process;
  private final String url;
  private final HttpClient http = HttpClient.newHttpClient();

  EndpointProcess(Jvms jvms) throws IOException {
    this.process = jvms.job("endpoint", "serve", "--port", "0");
    String line = process.inputReader().readLine();
    if (line == null || !line.startsWith(READY)) {
      throw new IOException("The endpoint did not start; see endpoint.log");
    }
    this.url = line.substring(READY.length());
  }

  /** Base URL, with /v1 at its end. */
  String url() {
    return url;
  }

  /** Behaves as the script says from now on. */
  void script(String script) throws IOException, InterruptedException {
    exchange("PUT", "script", BodyPublishers.ofString(script));
  }

  void reset() throws IOException, InterruptedException {
    exchange("POST", "stats/reset", BodyPublishers.noBody());
  }

  JsonNode stats() throws IOException, InterruptedException {
    return exchange("GET", "stats", BodyPublishers.noBody());
  }

  double cpuSeconds() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  private JsonNode exchange(String method, String path, BodyPublisher body)
      throws IOException, InterruptedException {
    URI target = URI.create(url.substring(0, url.length() - "v1".length()) + path);
    HttpResponse<byte[]> reply =
        http.send(
            HttpRequest.newBuilder(target).method(method, body).build(),
            BodyHandlers.ofByteArray());
    if (reply.statusCode() != 200) {
      throw new IOException(method + " " + target + " gave " + reply.statusCode());
    }
    return JSON.readTree(reply.body());
  }

  @Override
  public void close() {
    process.destroy();
  }
}

package io.sparkllm.local;

import io.sparkllm.shaded.jackson.core.JsonProcessingException;
import io.sparkllm.shaded.jackson.databind.JsonNode;
import io.sparkllm.shaded.jackson.databind.ObjectMapper;
import io.sparkllm.shaded.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Calls a local endpoint as a plain HTTP client does. */
final class EndpointCaller {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final String base;

  EndpointCaller(LocalEndpoint endpoint) {
    this.base = endpoint.url().substring(0, endpoint.url().length() - "/v1".length());
  }

  HttpResponse<String> send(String method, String path, String body, String... headers) {
    try {
      return CLIENT.send(
          request(method, path, body, headers), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  CompletableFuture<HttpResponse<String>> chatAsync(String model, String text) {
    return CLIENT.sendAsync(
        request("POST", "/v1/chat/completions", chatBody(model, text)),
        HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> chat(String model, String text) {
    return send("POST", "/v1/chat/completions", chatBody(model, text));
  }

  /** The answer's content. */
  String ask(String text) {
    return json(chat("local", text)).at("/choices/0/message/content").asText();
  }

  static String chatBody(String model, String text) {
    ObjectNode body = MAPPER.createObjectNode().put("model", model);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return body.toString();
  }

  static JsonNode json(HttpResponse<String> response) {
    return json(response.body());
  }

  static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private HttpRequest request(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }
}

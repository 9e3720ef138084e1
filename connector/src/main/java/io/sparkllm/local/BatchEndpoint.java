package io.sparkllm.local;

import java.util.List;

/**
 * An API that batches may be made for.
 *
 * @param path of its interactive route, with {@code /v1}
 * @param title what it is called in messages
 * @param required the field that every body must have beside {@code model}
 * @param limitsInputs whether the inputs of all lines are limited
 * @param api reads bodies
 */
record BatchEndpoint(
    String path, String title, String required, boolean limitsInputs, ModelApi api) {
  private static final String VERSION = "/v1";
  private static final List<BatchEndpoint> ALL =
      List.of(
          new BatchEndpoint("/v1/responses", "Responses", "input", false, new ResponsesApi()),
          new BatchEndpoint(
              "/v1/chat/completions", "Chat Completions", "messages", false, new ChatApi()),
          new BatchEndpoint("/v1/embeddings", "Embeddings", "input", true, new EmbeddingsApi()),
          new BatchEndpoint(
              "/v1/moderations", "Moderations", "input", false, new ModerationsApi()));

  /** The endpoint of this path, with or without {@code /v1} before it; null when there is none. */
  static BatchEndpoint find(String path) {
    for (BatchEndpoint endpoint : ALL) {
      if (endpoint.path.equals(path) || endpoint.path.equals(VERSION + path)) {
        return endpoint;
      }
    }
    return null;
  }

  static List<String> paths() {
    return ALL.stream().map(BatchEndpoint::path).toList();
  }
}

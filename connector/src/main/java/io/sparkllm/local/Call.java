package io.sparkllm.local;

import io.sparkllm.local.files.Upload;
import java.util.Map;
import java.util.function.UnaryOperator;

/** One HTTP request as the routes see it. Confined to the thread that handles it. */
final class Call {
  private final String method;
  private final String path;
  private final String query;
  private final UnaryOperator<String> headers;
  private final byte[] body;
  private final Upload upload;
  private Map<String, String> pathVariables = Map.of();

  Call(
      String method,
      String path,
      String query,
      UnaryOperator<String> headers,
      byte[] body,
      Upload upload) {
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.body = body;
    this.upload = upload;
  }

  String method() {
    return method;
  }

  /** The path without query and without the server's token. */
  String path() {
    return path;
  }

  /** The query string, "" when there is none. */
  String query() {
    return query;
  }

  /** The first header of this name (any case), or null. */
  String header(String name) {
    return headers.apply(name);
  }

  /** Empty where the body is an upload. */
  byte[] body() {
    return body;
  }

  /** Whether the body is a JSON array, as far as its beginning tells. */
  boolean beginsArray() {
    for (byte b : body) {
      if (b > ' ' || b < 0) {
        return b == '[';
      }
    }
    return false;
  }

  /** The body as an upload; null when it is none. */
  Upload upload() {
    return upload;
  }

  /** What stood in the route's {@code {name}}; null when the route has no such variable. */
  String pathVariable(String name) {
    return pathVariables.get(name);
  }

  void matched(Map<String, String> variables) {
    this.pathVariables = variables;
  }
}

package io.sparkllm.local;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** One answer to one HTTP request: what is sent, and how it is delivered. Immutable. */
final class Reply {
  static final String JSON = "application/json";

  private final int status;
  private final String contentType;
  private final ReplyBody body;
  private final Map<String, String> headers;
  private final Delivery delivery;

  Reply(
      int status,
      String contentType,
      ReplyBody body,
      Map<String, String> headers,
      Delivery delivery) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
    this.headers = headers;
    this.delivery = delivery;
  }

  static Reply json(int status, byte[] body) {
    return bytes(status, JSON, body);
  }

  /** An answer that is held in memory; the array is not copied: nobody may write into it. */
  static Reply bytes(int status, String contentType, byte[] body) {
    return new Reply(status, contentType, new BytesBody(body), Map.of(), Delivery.AT_ONCE);
  }

  /** A file, read from the disk while it is sent. */
  static Reply file(Path path, long length) {
    return new Reply(
        200, "application/octet-stream", new FileBody(path, length), Map.of(), Delivery.AT_ONCE);
  }

  /** An answer that never comes: the connection is cut or left hanging. */
  static Reply none(Delivery delivery) {
    return new Reply(0, JSON, new BytesBody(new byte[0]), Map.of(), delivery);
  }

  /** The same answer with more headers; the given ones win. */
  Reply with(Map<String, String> more) {
    if (more.isEmpty()) {
      return this;
    }
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new Reply(status, contentType, body, all, delivery);
  }

  Reply with(Delivery other) {
    return new Reply(status, contentType, body, headers, other);
  }

  int status() {
    return status;
  }

  String contentType() {
    return contentType;
  }

  /** Whoever sends the reply closes it. */
  ReplyBody body() {
    return body;
  }

  Map<String, String> headers() {
    return headers;
  }

  Delivery delivery() {
    return delivery;
  }
}

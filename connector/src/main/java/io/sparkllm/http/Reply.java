package io.sparkllm.http;

import java.util.Map;

/** What came back from one attempt. */
public sealed interface Reply {
  /**
   * A whole HTTP response.
   *
   * @param status the HTTP status
   * @param headers the headers, names in lower case
   * @param body the whole body
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, and too large to copy.
  record Response(int status, Map<String, String> headers, byte[] body) implements Reply {}

  /**
   * No whole response.
   *
   * @param cause where it failed
   * @param message one line for the user
   */
  record Broken(Cause cause, String message) implements Reply {}

  /** Where an attempt failed. */
  enum Cause {
    /** No connection could be made, so nothing was sent: refused, unknown host, TLS. */
    UNREACHABLE,
    /** The connection broke; the service may have worked on the request. */
    CONNECTION,
    /** No whole response within the time. */
    TIMEOUT,
    /** The response is longer than any answer can be. */
    TOO_LARGE
  }
}

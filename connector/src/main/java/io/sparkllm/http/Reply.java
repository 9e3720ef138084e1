package io.sparkllm.http;

import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Failure;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.Outcome;
import java.util.Locale;
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
  record Broken(Cause cause, String message) implements Reply {
    /**
     * What it means for what was asked.
     *
     * @return the error and what to do
     */
    public Failure failure() {
      ErrorType type =
          switch (cause) {
            case UNREACHABLE, CONNECTION -> ErrorType.CONNECTION;
            case TIMEOUT -> ErrorType.TIMEOUT;
            case TOO_LARGE -> ErrorType.INVALID_RESPONSE;
          };
      return new Failure(
          Outcome.Failed.of(type, cause.code(), message),
          cause == Cause.TOO_LARGE ? Reaction.ROW : Reaction.RETRY,
          null);
    }
  }

  /** Where an attempt failed. */
  enum Cause {
    /** No connection could be made, so nothing was sent: refused, unknown host, TLS. */
    UNREACHABLE,
    /** The connection broke; the service may have worked on the request. */
    CONNECTION,
    /** No whole response within the time. */
    TIMEOUT,
    /** The response is longer than any answer can be. */
    TOO_LARGE;

    /**
     * The name in the error column.
     *
     * @return for example {@code too_large}
     */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}

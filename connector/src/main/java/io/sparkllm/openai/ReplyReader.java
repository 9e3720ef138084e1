package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.config.Json;
import io.sparkllm.openai.Failure.Reaction;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;

/** Reads an HTTP reply of an API: an answer, or a failure with what to do about it. Thread-safe. */
public final class ReplyReader {
  /** What a reply holds. */
  public sealed interface Reading {
    /**
     * An answer.
     *
     * @param answer the answer
     */
    record Answered(Outcome.Answer answer) implements Reading {}

    /**
     * No answer.
     *
     * @param failure why, and what to do
     */
    record NotAnswered(Failure failure) implements Reading {}
  }

  private final ApiCodec codec;

  /**
   * Makes a reader.
   *
   * @param codec the API whose bodies are read
   */
  public ReplyReader(ApiCodec codec) {
    this.codec = codec;
  }

  /**
   * Reads a reply. Never throws, whatever stands in the body.
   *
   * @param status the HTTP status
   * @param headers the headers, names in lower case
   * @param body the whole body
   * @param now the time, for waits that are given as dates
   * @return what it holds
   */
  public Reading read(int status, Map<String, String> headers, byte[] body, Instant now) {
    if (status < 200 || status >= 300) {
      return new Reading.NotAnswered(
          ErrorClassifier.classify(status, headers, ErrorBody.parse(status, body), now));
    }
    JsonNode root;
    try {
      root = Json.MAPPER.readTree(body);
    } catch (IOException e) {
      return invalid(status, headers, "The reply is no valid JSON");
    }
    if (root == null || !root.isObject()) {
      return invalid(status, headers, "The reply is no JSON object");
    }
    // Some gateways answer 200 with an error inside, whose code is the true status.
    if (root.path("error").isObject() && !root.has("status")) {
      int inner = root.path("error").path("code").asInt(502);
      int meant = inner >= 400 && inner < 600 ? inner : 502;
      return new Reading.NotAnswered(
          ErrorClassifier.classify(meant, headers, ErrorBody.of(meant, root), now));
    }
    Outcome outcome = codec.decode(root);
    if (outcome instanceof Outcome.Answer answer) {
      return new Reading.Answered(answer);
    }
    return new Reading.NotAnswered(told((Outcome.Failed) outcome, headers));
  }

  private static Failure told(Outcome.Failed failed, Map<String, String> headers) {
    Reaction reaction =
        switch (failed.type()) {
          case RATE_LIMITED -> Reaction.THROTTLE;
          case SERVER, INVALID_RESPONSE -> Reaction.RETRY;
          default -> Reaction.ROW;
        };
    return new Failure(withRequestId(failed, headers), reaction, null);
  }

  private static Reading invalid(int status, Map<String, String> headers, String message) {
    Outcome.Failed error =
        new Outcome.Failed(
            ErrorType.INVALID_RESPONSE, "invalid_body", message, status, null, Usage.UNKNOWN);
    return new Reading.NotAnswered(
        new Failure(withRequestId(error, headers), Reaction.RETRY, null));
  }

  private static Outcome.Failed withRequestId(Outcome.Failed e, Map<String, String> headers) {
    return new Outcome.Failed(
        e.type(), e.code(), e.message(), e.status(), headers.get("x-request-id"), e.usage());
  }
}

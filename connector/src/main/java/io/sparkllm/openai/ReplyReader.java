package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.sparkllm.config.Json;
import io.sparkllm.openai.Failure.Reaction;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

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

    /**
     * What a reply says of each row of its request.
     *
     * @param rows in the order of the request: an answer or a failure; null where the reply does
     *     not tell, or not clearly
     * @param usage tokens of the request as a whole
     */
    record Each(List<Reading> rows, Usage usage) implements Reading {}
  }

  /** Replies without text, or of another length than asked: paid for, and would be again. */
  private static final Set<String> PAID_FOR = Set.of("no_content", "wrong_dimensions");

  private final ApiCodec codec;
  private final UnaryOperator<String> redaction;

  /**
   * Makes a reader.
   *
   * @param codec the API whose bodies are read
   * @param redaction takes secrets out of a text, as services repeat keys in their messages
   */
  public ReplyReader(ApiCodec codec, UnaryOperator<String> redaction) {
    this.codec = codec;
    this.redaction = redaction;
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
    if (isRefused(status)) {
      return new Reading.NotAnswered(failure(status, headers, body, now, redaction));
    }
    JsonNode root;
    try {
      root = Json.MAPPER.readTree(body);
    } catch (IOException e) {
      return presentable(invalid(status, "The reply is no valid JSON"), headers);
    }
    return read(status, headers, root, now);
  }

  /**
   * Reads the reply to a request of several rows. Never throws, whatever stands in the body.
   *
   * @param codec how the rows travel
   * @param items the items of the request
   * @param status the HTTP status
   * @param headers the headers, names in lower case
   * @param body the whole body
   * @param now the time, for waits that are given as dates
   * @return what it holds
   */
  public Reading read(
      RequestCodec codec,
      List<byte[]> items,
      int status,
      Map<String, String> headers,
      byte[] body,
      Instant now) {
    if (isRefused(status)) {
      return new Reading.NotAnswered(failure(status, headers, body, now, redaction));
    }
    JsonNode root;
    try {
      root = Json.MAPPER.readTree(body);
    } catch (IOException e) {
      return presentable(invalid(status, "The reply is no valid JSON"), headers);
    }
    return presentable(
        isError(root) ? error(root, headers, now) : codec.read(root, items, this, headers, now),
        headers);
  }

  /** As the others, where the body is parsed already; null or missing for none. */
  Reading read(int status, Map<String, String> headers, JsonNode body, Instant now) {
    Reading reading = presentable(parsed(status, headers, body, now), headers);
    return reading instanceof Reading.Answered answered
        ? fitting(answered.answer(), headers)
        : reading;
  }

  /** As the other, for answers that hold those of several rows, and fit no row's schema. */
  Reading readUntyped(Map<String, String> headers, JsonNode body, Instant now) {
    return presentable(parsed(200, headers, body, now), headers);
  }

  /** An answer, or why it does not fit its schema. */
  Reading fitting(Outcome.Answer answer, Map<String, String> headers) {
    Outcome.Failed wrong = codec.typed() == null ? null : codec.typed().mismatch(answer);
    if (wrong == null) {
      return new Reading.Answered(answer);
    }
    boolean misfit = wrong.type() == ErrorType.SCHEMA_MISMATCH;
    return presentable(
        new Reading.NotAnswered(
            new Failure(wrong, Reaction.ROW, null, misfit ? answer.text() : null)),
        headers);
  }

  /**
   * What a reply says that is no answer, of whatever API. Never throws.
   *
   * @param status the HTTP status, not a 2xx
   * @param headers the headers, names in lower case
   * @param body the whole body
   * @param now the time, for waits that are given as dates
   * @param redaction takes secrets out of a text
   * @return the error and what to do
   */
  public static Failure failure(
      int status,
      Map<String, String> headers,
      byte[] body,
      Instant now,
      UnaryOperator<String> redaction) {
    return presentable(
        ErrorClassifier.classify(status, headers, ErrorBody.parse(status, body), now),
        headers,
        redaction);
  }

  private Reading presentable(Reading reading, Map<String, String> headers) {
    // Those of rows were read one by one.
    return reading instanceof Reading.NotAnswered no
        ? new Reading.NotAnswered(presentable(no.failure(), headers, redaction))
        : reading;
  }

  /** Secrets go before the cut, or half a key would stay; then one line, short enough for a log. */
  private static Failure presentable(
      Failure failure, Map<String, String> headers, UnaryOperator<String> redaction) {
    Outcome.Failed e = failure.error();
    return new Failure(
        new Outcome.Failed(
            e.type(),
            e.code() == null ? null : Wire.oneLine(redaction.apply(e.code())),
            Wire.oneLine(redaction.apply(e.message())),
            e.status(),
            headers.get("x-request-id"),
            e.usage()),
        failure.reaction(),
        failure.hint(),
        failure.misfit());
  }

  private static boolean isRefused(int status) {
    return status < 200 || status >= 300;
  }

  private Reading parsed(int status, Map<String, String> headers, JsonNode root, Instant now) {
    if (isRefused(status)) {
      JsonNode said = root == null ? MissingNode.getInstance() : root;
      return new Reading.NotAnswered(
          ErrorClassifier.classify(status, headers, ErrorBody.of(status, said), now));
    }
    if (root == null || !root.isObject()) {
      return invalid(status, "The reply is no JSON object");
    }
    if (isError(root)) {
      return error(root, headers, now);
    }
    Outcome outcome = codec.decode(root);
    if (outcome instanceof Outcome.Answer answer) {
      return new Reading.Answered(answer);
    }
    return new Reading.NotAnswered(told((Outcome.Failed) outcome));
  }

  /** Some gateways answer 200 with an error inside, whose code is the true status. */
  private static boolean isError(JsonNode root) {
    return root.path("error").isObject() && !root.has("status");
  }

  private static Reading error(JsonNode root, Map<String, String> headers, Instant now) {
    int meant = meantStatus(root.path("error"));
    return new Reading.NotAnswered(
        ErrorClassifier.classify(meant, headers, ErrorBody.of(meant, root), now));
  }

  /** The status that an error inside a 200 would have had: its code, or what its words say. */
  private static int meantStatus(JsonNode error) {
    int inner = error.path("code").asInt(0);
    if (inner >= 400 && inner < 600) {
      return inner;
    }
    String words = Wire.text(error, "code") + " " + Wire.text(error, "type");
    if (words.contains("rate_limit")) {
      return 429;
    }
    boolean known =
        words.contains("invalid") || words.contains("exceeded") || words.contains("content");
    return known ? 400 : 502;
  }

  /** What is to be done about an error that a 2xx tells. */
  static Failure told(Outcome.Failed failed) {
    Reaction reaction =
        switch (failed.type()) {
          case RATE_LIMITED -> Reaction.THROTTLE;
          case INVALID_RESPONSE ->
              PAID_FOR.contains(String.valueOf(failed.code())) ? Reaction.ROW : Reaction.RETRY;
          case SERVER -> Reaction.RETRY;
          default -> Reaction.ROW;
        };
    return new Failure(failed, reaction, null);
  }

  /** A whole reply that is not what the API says. */
  static Reading invalid(int status, String message) {
    Outcome.Failed error =
        new Outcome.Failed(
            ErrorType.INVALID_RESPONSE, "invalid_body", message, status, null, Usage.UNKNOWN);
    return new Reading.NotAnswered(new Failure(error, Reaction.RETRY, null));
  }
}

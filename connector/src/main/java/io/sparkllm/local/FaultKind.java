package io.sparkllm.local;

import java.util.Locale;

/**
 * What a scripted fault does. In the script a kind is written as its constant in lower case, e.g.
 * {@code "kind": "too_large"}. Statuses, types, codes and messages are those that services were
 * seen to send.
 */
enum FaultKind {
  /** Any status with an OpenAI-shaped body, or the rule's own {@code body}. */
  STATUS(500, "server_error", null, "The server had an error while processing your request."),
  /** 429, passes by itself; waits {@code retryAfter} seconds. */
  THROTTLE(429, "tokens", "rate_limit_exceeded", ""),
  /** 429, permanent: Requested exceeds the Limit. */
  TOO_LARGE(429, "tokens", "rate_limit_exceeded", ""),
  /** 429, fatal for the job: no money left. */
  QUOTA(
      429,
      "insufficient_quota",
      "insufficient_quota",
      "You exceeded your current quota, please check your plan and billing details."),
  /** 429, the ramp rule: growing too fast. */
  SLOW_DOWN(
      429,
      "rate_limit_error",
      "slow_down",
      "Your traffic has grown too quickly. Slow down and increase your rate gradually."),
  /** 503, the model has no capacity. */
  OVERLOADED(
      503,
      "service_unavailable_error",
      "server_is_overloaded",
      "The server is currently overloaded with other requests. Please try again later."),
  /** 500. */
  SERVER_ERROR(500, "server_error", null, "The server had an error while processing your request."),
  /** 401. */
  INVALID_KEY(
      401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-lo***cal."),
  /** 404. */
  MODEL_NOT_FOUND(404, "invalid_request_error", "model_not_found", ""),
  /** 400, the prompt is too long for the model. */
  CONTEXT_LENGTH(
      400,
      "invalid_request_error",
      "context_length_exceeded",
      "This model's maximum context length is 128000 tokens. However, your messages resulted in"
          + " 130001 tokens. Please reduce the length of the messages."),
  /** 400, the prompt was filtered. */
  CONTENT_FILTER(
      400,
      "invalid_request_error",
      "content_filter",
      "The response was filtered due to the prompt triggering the content management policy."),
  /** 413, the body is too large. */
  PAYLOAD_TOO_LARGE(
      413,
      "invalid_request_error",
      null,
      "The request body is too large. Please send fewer or shorter inputs."),
  /** 502 with an HTML page, as gateways send. */
  HTML(502, null, null, ""),
  /** 200 with half a JSON document. */
  MALFORMED(200, null, null, ""),
  /** 200 with no body at all. */
  EMPTY_BODY(200, null, null, ""),
  /** 200 with the rule's {@code body}, whatever it is. */
  JSON(200, null, null, ""),
  /** A right answer of which half is sent before the connection closes. */
  TRUNCATED(200, null, null, ""),
  /** A right answer in drips of {@code chunkBytes} every {@code chunkDelayMs}. */
  SLOW_BODY(200, null, null, ""),
  /** The connection is closed without an answer. */
  DROP(0, null, null, ""),
  /** No answer for {@code stallMs}, then the connection is closed. */
  STALL(0, null, null, ""),
  /** Everything is done as asked, and the connection closes without the answer. */
  LOST(0, null, null, ""),
  /** Right items in another order, where the reply tells which is which. */
  SHUFFLE(200, null, null, ""),
  /** Right items without the last one. */
  SHORT_LIST(200, null, null, ""),
  /** Right items and one more that nobody asked for. */
  LONG_LIST(200, null, null, ""),
  /** A right answer whose JSON ends in the middle, though the reply travels whole. */
  HALF_JSON(200, null, null, ""),
  /** An item that the reply lacks; of a batch, a line in neither result file. It has not run. */
  OMIT(200, null, null, ""),
  /** An item or a line of a batch that is given twice. */
  DOUBLE(200, null, null, ""),
  /** A line of a batch with status 0 and an empty body, though nothing else went wrong. */
  STATUS_ZERO(0, null, null, ""),
  /** A line of a batch that ends as {@code request_timeout}, without a response. */
  TIMEOUT(0, null, null, ""),
  /** 200 whose answer is a refusal. */
  REFUSE(200, null, null, ""),
  /** 200 cut by the content filter. */
  FILTER(200, null, null, ""),
  /** 200 without content, cut by length. */
  EMPTY(200, null, null, "");

  private final int status;
  private final String type;
  private final String code;
  private final String message;

  FaultKind(int status, String type, String code, String message) {
    this.status = status;
    this.type = type;
    this.code = code;
    this.message = message;
  }

  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  String code() {
    return code;
  }

  String message() {
    return message;
  }

  /** The special model whose answer stands in for the right one; null for the other kinds. */
  String specialModel() {
    return switch (this) {
      case REFUSE, FILTER, EMPTY -> key();
      default -> null;
    };
  }

  /** Whether the request is answered properly and only the way of the bytes is disturbed. */
  boolean answers() {
    return switch (this) {
      case TRUNCATED,
          SLOW_BODY,
          LOST,
          DOUBLE,
          SHUFFLE,
          SHORT_LIST,
          LONG_LIST,
          HALF_JSON,
          REFUSE,
          FILTER,
          EMPTY ->
          true;
      default -> false;
    };
  }
}

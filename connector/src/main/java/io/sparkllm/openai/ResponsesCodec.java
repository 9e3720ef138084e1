package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.prompt.Message;
import java.util.List;
import java.util.Map;

/**
 * Responses: {@code POST /responses} (OpenAPI of the service, version 2.3.0). The service stores
 * every response unless told not to, so {@code store} is false here.
 */
final class ResponsesCodec extends ApiCodec {
  static final List<String> FORMAT = List.of("text", "format");

  private final RequestBody body;
  private final TypedAnswers typed;

  ResponsesCodec(LlmOptions options) {
    this.typed = TypedAnswers.of(options);
    this.body =
        RequestBody.of(
            options,
            "max_output_tokens",
            Map.of("store", BooleanNode.FALSE),
            FORMAT,
            typed == null ? null : typed.responsesFormat());
  }

  @Override
  public TypedAnswers typed() {
    return typed;
  }

  @Override
  public String path() {
    return "/responses";
  }

  @Override
  public Integer maxTokens() {
    return body.maxTokens();
  }

  @Override
  public byte[] encode(List<Message> messages) {
    return body.write("input", messages);
  }

  @Override
  Outcome decode(JsonNode reply) {
    Usage usage = usage(reply.path("usage"));
    String status = Wire.text(reply, "status");
    JsonNode error = reply.path("error");
    if ("failed".equals(status) || error.isObject()) {
      return failed(error, usage);
    }
    StringBuilder text = new StringBuilder();
    boolean hasText = false;
    for (JsonNode item : reply.path("output")) {
      for (JsonNode part : item.path("content")) {
        String type = Wire.text(part, "type");
        if ("refusal".equals(type)) {
          return Wire.failed(
              ErrorType.REFUSAL,
              null,
              Wire.textOr(part, "refusal", "The model refused without a word"),
              usage);
        }
        if ("output_text".equals(type)) {
          hasText = true;
          text.append(part.path("text").asText(""));
        }
      }
    }
    String reason = Wire.text(reply.path("incomplete_details"), "reason");
    if ("content_filter".equals(reason)) {
      return Wire.failed(
          ErrorType.CONTENT_FILTER, reason, "The service's filter stopped the answer", usage);
    }
    boolean cut = "max_output_tokens".equals(reason);
    if (cut && text.isEmpty()) {
      return Wire.failed(
          ErrorType.TRUNCATED,
          reason,
          "The length limit was used up before any text (by reasoning?); raise maxTokens",
          usage);
    }
    if (!hasText) {
      return Wire.failed(
          ErrorType.INVALID_RESPONSE,
          "no_content",
          "The reply holds no text (status " + status + ")",
          usage);
    }
    // The metadata column speaks one language for both APIs: chat's finish reasons.
    return new Outcome.Answer(
        text.toString(),
        Wire.text(reply, "model"),
        cut ? "length" : "stop",
        usage,
        Wire.text(reply, "service_tier"));
  }

  /** A failed response comes with HTTP 200; its error tells whether asking again may help. */
  private static Outcome failed(JsonNode error, Usage usage) {
    String code = Wire.text(error, "code");
    String message = Wire.textOr(error, "message", "The response failed");
    ErrorType type =
        switch (String.valueOf(code)) {
          case "rate_limit_exceeded" -> ErrorType.RATE_LIMITED;
          case "server_error" -> ErrorType.SERVER;
          case "null" -> ErrorType.INVALID_RESPONSE;
          default -> ErrorType.INVALID_REQUEST;
        };
    return Wire.failed(type, code, message, usage);
  }

  private static Usage usage(JsonNode usage) {
    return new Usage(
        Wire.number(usage, "input_tokens"),
        Wire.number(usage.path("input_tokens_details"), "cached_tokens"),
        Wire.number(usage, "output_tokens"),
        Wire.number(usage, "total_tokens"));
  }
}

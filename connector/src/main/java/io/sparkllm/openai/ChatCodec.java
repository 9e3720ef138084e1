package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.prompt.Message;
import java.util.List;
import java.util.Map;

/** Chat Completions: {@code POST /chat/completions} (OpenAPI of the service, version 2.3.0). */
final class ChatCodec extends ApiCodec {
  static final List<String> FORMAT = List.of("response_format");

  private final RequestBody body;
  private final TypedAnswers typed;

  /**
   * OpenAI's newer models refuse {@code max_tokens}; many compatible servers know nothing else. So
   * the field follows the host, and {@code params} can name the other one.
   */
  ChatCodec(LlmOptions options, boolean openAi) {
    this.typed = TypedAnswers.of(options);
    this.body =
        RequestBody.of(
            options,
            openAi ? "max_completion_tokens" : "max_tokens",
            Map.of(),
            FORMAT,
            typed == null ? null : typed.chatFormat());
  }

  @Override
  public TypedAnswers typed() {
    return typed;
  }

  @Override
  public String path() {
    return "/chat/completions";
  }

  @Override
  public Integer maxTokens() {
    return body.maxTokens();
  }

  @Override
  public byte[] encode(List<Message> messages) {
    return body.write("messages", messages);
  }

  @Override
  Outcome decode(JsonNode reply) {
    Usage usage = usage(reply.path("usage"));
    JsonNode choice = reply.path("choices").path(0);
    JsonNode message = choice.path("message");
    if (!message.isObject()) {
      return Wire.failed(
          ErrorType.INVALID_RESPONSE, "no_choices", "The reply holds no choices", usage);
    }
    String finish = Wire.text(choice, "finish_reason");
    String refusal = Wire.text(message, "refusal");
    if (refusal != null && !refusal.isBlank()) {
      return Wire.failed(ErrorType.REFUSAL, null, refusal, usage);
    }
    if ("content_filter".equals(finish)) {
      return Wire.failed(
          ErrorType.CONTENT_FILTER, finish, "The service's filter stopped the answer", usage);
    }
    String text = Wire.joinParts(message.path("content"), "text");
    if ("length".equals(finish) && (text == null || text.isEmpty())) {
      return Wire.failed(
          ErrorType.TRUNCATED,
          finish,
          "The length limit was used up before any text (by reasoning?); raise maxTokens",
          usage);
    }
    if (text == null && !message.path("tool_calls").isEmpty()) {
      // Not an invalid reply: asking again would be paid for and give the same.
      return Wire.failed(
          ErrorType.INVALID_REQUEST,
          "tool_calls",
          "The model calls tools instead of answering; take tools out of params",
          usage);
    }
    if (text == null) {
      return Wire.failed(
          ErrorType.INVALID_RESPONSE,
          "no_content",
          "The reply holds no text (finish_reason " + finish + ")",
          usage);
    }
    return new Outcome.Answer(
        text, Wire.text(reply, "model"), finish, usage, Wire.text(reply, "service_tier"));
  }

  /** What a reply says of its tokens. */
  static Usage usage(JsonNode usage) {
    return new Usage(
        Wire.number(usage, "prompt_tokens"),
        Wire.number(usage.path("prompt_tokens_details"), "cached_tokens"),
        Wire.number(usage, "completion_tokens"),
        Wire.number(usage, "total_tokens"));
  }

  /** Tokens as a reply says them. */
  static ObjectNode usage(Usage usage) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("prompt_tokens", usage.promptTokens());
    node.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedTokens());
    node.put("completion_tokens", usage.completionTokens());
    node.put("total_tokens", usage.totalTokens());
    return node;
  }
}

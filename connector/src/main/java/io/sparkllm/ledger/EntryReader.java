package io.sparkllm.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.config.Json;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.Usage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the JSON of lines. Fields that it does not know are passed over. */
final class EntryReader {
  private static final Map<String, ErrorType> TYPES =
      Arrays.stream(ErrorType.values())
          .collect(Collectors.toUnmodifiableMap(ErrorType::wireName, Function.identity()));

  private EntryReader() {}

  /**
   * Reads an entry.
   *
   * @return the entry; null for what this version does not know, such as a newer type of error
   */
  static Entry entry(byte[] line) {
    try {
      JsonNode json = Json.MAPPER.readTree(line);
      Outcome outcome = Line.isAnswer(line) ? answer(json) : failed(json);
      return outcome == null
          ? null
          : new Entry(
              json.path("fingerprint").textValue(),
              outcome,
              json.path("attempts").intValue(),
              json.path("latency_ms").longValue(),
              text(json, "batch_id"),
              json.path("at").longValue());
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  /** The type of a failed line's error; null for one that this version does not know. */
  static ErrorType errorType(byte[] line) {
    try {
      return TYPES.get(Json.MAPPER.readTree(line).path("type").asText());
    } catch (IOException e) {
      return null;
    }
  }

  private static Outcome answer(JsonNode json) {
    String text = text(json, "text");
    return text == null
        ? null
        : new Outcome.Answer(
            text,
            text(json, "model"),
            text(json, "finish_reason"),
            usage(json),
            text(json, "service_tier"));
  }

  private static Outcome failed(JsonNode json) {
    ErrorType type = TYPES.get(json.path("type").asText());
    JsonNode status = json.path("status");
    return type == null
        ? null
        : new Outcome.Failed(
            type,
            text(json, "code"),
            text(json, "message"),
            status.isInt() ? (Integer) status.intValue() : null,
            text(json, "request_id"),
            usage(json));
  }

  private static Usage usage(JsonNode json) {
    return new Usage(
        number(json, "prompt_tokens"),
        number(json, "cached_tokens"),
        number(json, "completion_tokens"),
        number(json, "total_tokens"));
  }

  private static String text(JsonNode json, String name) {
    return json.path(name).textValue();
  }

  private static Long number(JsonNode json, String name) {
    JsonNode value = json.path(name);
    return value.isIntegralNumber() ? (Long) value.longValue() : null;
  }
}

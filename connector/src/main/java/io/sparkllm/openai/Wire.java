package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;

/** Small readings that both APIs share. */
final class Wire {
  private static final int MAX_MESSAGE = 500;

  private Wire() {}

  static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (value.isTextual()) {
      return value.textValue();
    }
    // Some servers send a number where the protocol has a text (vLLM's error code).
    return value.isValueNode() && !value.isNull() ? value.asText() : null;
  }

  static String textOr(JsonNode node, String field, String otherwise) {
    String text = text(node, field);
    return text == null || text.isBlank() ? otherwise : text;
  }

  static Long number(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isNumber() ? value.longValue() : null;
  }

  /** The texts of a content that is a text or a list of parts. */
  static String joinParts(JsonNode content, String partType) {
    if (content.isTextual()) {
      return content.textValue();
    }
    if (!content.isArray()) {
      return null;
    }
    StringBuilder joined = new StringBuilder();
    for (JsonNode part : content) {
      if (partType.equals(text(part, "type"))) {
        joined.append(part.path("text").asText(""));
      }
    }
    return joined.toString();
  }

  static Outcome.Failed failed(ErrorType type, String code, String message, Usage usage) {
    return new Outcome.Failed(type, code, message, 200, null, usage);
  }

  /** A message of the service, on one line and cut, fit for a column and a log. */
  static String oneLine(String message) {
    return cut(message.replaceAll("\\s+", " ").trim(), MAX_MESSAGE);
  }

  /** The beginning of a text, without half a character. */
  static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    boolean inPair = Character.isHighSurrogate(text.charAt(most - 1));
    return text.substring(0, inPair ? most - 1 : most) + "…";
  }
}

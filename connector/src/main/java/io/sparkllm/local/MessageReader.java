package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads lists of messages: {@code messages} of chat, {@code input} of responses. */
final class MessageReader {
  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool", "function");

  private MessageReader() {}

  static List<ChatMessage> read(JsonNode messages, String param) {
    if (messages == null || messages.isNull()) {
      throw ApiError.missing(param).exception();
    }
    if (!messages.isArray()) {
      throw ApiError.wrongType(param, "an array of objects", Json.describe(messages)).exception();
    }
    if (messages.isEmpty()) {
      throw ApiError.invalid(
              "empty_array",
              param,
              "Invalid '"
                  + param
                  + "': empty array. Expected an array with minimum length 1, but got an empty"
                  + " array instead.")
          .exception();
    }
    List<ChatMessage> read = new ArrayList<>(messages.size());
    for (JsonNode message : messages) {
      read.add(message(message, param + "[" + read.size() + "]"));
    }
    return read;
  }

  private static ChatMessage message(JsonNode message, String param) {
    if (!message.isObject()) {
      throw ApiError.wrongType(param, "an object", Json.describe(message)).exception();
    }
    JsonNode role = message.get("role");
    if (role == null || role.isNull()) {
      throw ApiError.missing(param + ".role").exception();
    }
    if (!ROLES.contains(role.asText())) {
      throw ApiError.invalid(
              "invalid_value",
              param + ".role",
              "Invalid value: '"
                  + role.asText()
                  + "'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and"
                  + " 'developer'.")
          .exception();
    }
    return new ChatMessage(role.asText(), content(message.get("content"), role.asText(), param));
  }

  private static String content(JsonNode content, String role, String message) {
    String param = message + ".content";
    if (content == null || content.isNull()) {
      if (role.equals("assistant")) {
        return "";
      }
      throw ApiError.wrongType(param, "one of a string or array of objects", "null").exception();
    }
    if (content.isTextual()) {
      return content.textValue();
    }
    if (!content.isArray()) {
      throw ApiError.wrongType(param, "one of a string or array of objects", Json.describe(content))
          .exception();
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      if (part.path("text").isTextual()) {
        text.append(text.isEmpty() ? "" : "\n").append(part.path("text").textValue());
      }
    }
    return text.toString();
  }
}

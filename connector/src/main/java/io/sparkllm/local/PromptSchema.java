package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The schema that a system message may end with, where the caller's service takes none. */
final class PromptSchema {
  private static final String BEFORE = "fits this JSON schema: ";

  private PromptSchema() {}

  /** The same question with its schema in the schema's place; others as they are. */
  static Conversation resolved(Conversation asked) {
    if (!asked.jsonObject()) {
      return asked;
    }
    List<ChatMessage> messages = new ArrayList<>(asked.messages());
    for (int i = 0; i < messages.size(); i++) {
      ChatMessage message = messages.get(i);
      int at = message.text().indexOf(BEFORE);
      JsonNode schema =
          message.role().equals("system") && at >= 0
              ? read(message.text().substring(at + BEFORE.length()))
              : null;
      if (schema != null) {
        int sentence = Math.max(0, message.text().lastIndexOf("\n\n", at));
        messages.set(i, new ChatMessage(message.role(), message.text().substring(0, sentence)));
        return new Conversation(messages, schema, false, asked.maxTokens());
      }
    }
    return asked;
  }

  private static JsonNode read(String text) {
    try {
      JsonNode schema = Json.parse(text.getBytes(StandardCharsets.UTF_8));
      return schema.isObject() ? schema : null;
    } catch (IOException e) {
      return null;
    }
  }
}

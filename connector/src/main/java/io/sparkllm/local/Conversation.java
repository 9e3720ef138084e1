package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a model is asked, whatever API it came by.
 *
 * @param messages in order, at least one
 * @param schema JSON schema that the answer must satisfy; null = none
 * @param jsonObject whether any JSON object is asked for
 * @param maxTokens limit of the answer; 0 = none
 */
record Conversation(
    List<ChatMessage> messages, JsonNode schema, boolean jsonObject, int maxTokens) {

  private static final String CORRECTION = "That answer does not fit the JSON schema";

  /** System and developer messages, joined by blank lines; "" if there is none. */
  String system() {
    return messages.stream()
        .filter(m -> m.role().equals("system") || m.role().equals("developer"))
        .map(ChatMessage::text)
        .collect(Collectors.joining("\n\n"));
  }

  /**
   * The last user message, "" if there is none. One that wants an answer corrected means the
   * question before it.
   */
  String lastUser() {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).role().equals("user") && !messages.get(i).text().startsWith(CORRECTION)) {
        return messages.get(i).text();
      }
    }
    return "";
  }

  int promptTokens() {
    long chars = 0;
    for (ChatMessage message : messages) {
      chars += message.text().length();
    }
    return Tokens.estimate(chars);
  }
}

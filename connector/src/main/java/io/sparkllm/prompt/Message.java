package io.sparkllm.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * One message of a conversation.
 *
 * @param role {@code system}, {@code user}, {@code assistant} or another role of the API
 * @param content a text, or an array of content parts
 */
public record Message(String role, JsonNode content) {
  static Message text(String role, String content) {
    return new Message(role, TextNode.valueOf(content));
  }

  /**
   * The length of the content, as a basis of estimates.
   *
   * @return characters
   */
  public int length() {
    return content.isTextual() ? content.textValue().length() : content.toString().length();
  }
}

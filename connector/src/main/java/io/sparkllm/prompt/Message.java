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
  /** About a thousand tokens. */
  private static final int MOST_PART_CHARS = 4_000;

  static Message text(String role, String content) {
    return new Message(role, TextNode.valueOf(content));
  }

  /** Characters of the content as it is sent. */
  int length() {
    return content.isTextual() ? content.textValue().length() : content.toString().length();
  }

  /**
   * The length of the content as a basis of estimates: a picture or a sound is some thousand
   * tokens, however long its encoding.
   *
   * @return characters
   */
  public long promptChars() {
    if (!content.isArray()) {
      return length();
    }
    long chars = 0;
    for (JsonNode part : content) {
      JsonNode text = part.path("text");
      chars +=
          text.isTextual()
              ? text.textValue().length()
              : Math.min(MOST_PART_CHARS, part.toString().length());
    }
    return chars;
  }
}

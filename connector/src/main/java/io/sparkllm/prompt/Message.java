package io.sparkllm.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.sparkllm.cost.TokenCounter;

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

  /**
   * Tokens of the content.
   *
   * @param counter counts them in texts; a picture or a sound counts as some thousand characters
   * @return tokens, without what wraps the message
   */
  public double tokens(TokenCounter counter) {
    if (!content.isArray()) {
      return counter.count(content.isTextual() ? content.textValue() : content.toString());
    }
    double tokens = 0;
    for (JsonNode part : content) {
      JsonNode text = part.path("text");
      tokens +=
          text.isTextual()
              ? counter.count(text.textValue())
              : Math.min(MOST_PART_CHARS, part.toString().length()) / 4.0;
    }
    return tokens;
  }
}

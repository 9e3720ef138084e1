package io.sparkllm.openai;

import io.sparkllm.config.Options.Truncate;
import io.sparkllm.prompt.InvalidInputException;

/**
 * The longest input that a model takes. Without its tokenizer a token is taken for four bytes of
 * UTF-8.
 *
 * @param maxTokens the limit
 * @param truncate what is done with a longer text
 */
record InputLimit(int maxTokens, Truncate truncate) {
  private static final int BYTES_PER_TOKEN = 4;

  /** What a cut text keeps for each token: dense text has more tokens than the estimate says. */
  private static final int KEPT_PER_TOKEN = 3;

  /** The text as it is sent. */
  String apply(String text) {
    long bytes = utf8(text);
    long tokens = (bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
    if (tokens <= maxTokens) {
      return text;
    }
    // At least one character, however long it is.
    long kept = Math.max(BYTES_PER_TOKEN, (long) KEPT_PER_TOKEN * maxTokens);
    return switch (truncate) {
      case NONE ->
          throw new InvalidInputException(
              "input_too_long",
              String.format(
                  "The input is %,d bytes long, about %,d tokens, above maxInputTokens (%,d); set"
                      + " truncate to head or tail, or maxInputTokens to what the model takes",
                  bytes, tokens, maxTokens));
      case HEAD -> head(text, kept);
      case TAIL -> tail(text, kept);
    };
  }

  private static String head(String text, long bytes) {
    long used = 0;
    int end = 0;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      used += utf8(c);
      if (used > bytes) {
        break;
      }
      end += Character.charCount(c);
    }
    return text.substring(0, end);
  }

  private static String tail(String text, long bytes) {
    long used = 0;
    int start = text.length();
    while (start > 0) {
      int c = text.codePointBefore(start);
      used += utf8(c);
      if (used > bytes) {
        break;
      }
      start -= Character.charCount(c);
    }
    return text.substring(start);
  }

  private static long utf8(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // The two halves of a pair are four bytes together.
      bytes += Character.isSurrogate(c) ? 2 : utf8(c);
    }
    return bytes;
  }

  private static int utf8(int c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }
}

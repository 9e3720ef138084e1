package io.sparkllm.local;

/**
 * Token counts of the local endpoint: estimated as one token per four characters, rounded up. That
 * is the rule of thumb by which OpenAI charges requests up front ("estimate from character count",
 * rate-limits guide); no tokenizer is bundled.
 */
final class Tokens {
  static final int CHARS_PER_TOKEN = 4;

  private Tokens() {}

  static int estimate(long chars) {
    return (int) Math.min(Integer.MAX_VALUE, (chars + CHARS_PER_TOKEN - 1) / CHARS_PER_TOKEN);
  }

  static int estimate(String text) {
    return text == null ? 0 : estimate(text.length());
  }

  /** The first so many tokens of a text; never ends inside a surrogate pair. */
  static String cut(String text, int tokens) {
    long chars = (long) tokens * CHARS_PER_TOKEN;
    if (chars >= text.length()) {
      return text;
    }
    int end = (int) chars;
    if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }
}

package io.sparkllm.cost;

/**
 * Tokens by the kinds of characters. Four characters a token, the usual rule, is 23 % too low for
 * JSON and a third of the truth for Chinese. The weights were measured against o200k_base.
 */
final class CharacterCounter implements TokenCounter {
  private static final long serialVersionUID = 1L;

  private static final double LETTER = 0.22;
  private static final double DIGIT = 0.4;
  private static final double SIGN = 0.6;

  /** Letters with accents, Greek, Cyrillic, Arabic … */
  private static final double ABROAD = 0.33;

  /** Chinese, Japanese, Korean, and pictures. */
  private static final double IDEOGRAPH = 0.95;

  private static final char FIRST_IDEOGRAPH = '\u2e80';

  @Override
  public double count(String text) {
    double tokens = 0;
    for (int i = 0; i < text.length(); i++) {
      tokens += weight(text.charAt(i));
    }
    return tokens;
  }

  private static double weight(char c) {
    if (c >= FIRST_IDEOGRAPH) {
      return IDEOGRAPH;
    }
    if (c > '\u007f') {
      return ABROAD;
    }
    if (c == ' ' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      return LETTER;
    }
    return c >= '0' && c <= '9' ? DIGIT : SIGN;
  }

  @Override
  public String describe() {
    return "by characters (within 15 % for prose in European languages, 25 % for code, logs and"
        + " Asian scripts)";
  }
}

package io.sparkllm.local;

/**
 * What a model says.
 *
 * @param text the content; null = none
 * @param refusal the refusal; null = none
 * @param finish {@code stop}, {@code length} or {@code content_filter}
 */
record Answer(String text, String refusal, String finish) {
  static Answer of(String text) {
    return new Answer(text, null, "stop");
  }

  /** The same, cut to so many tokens; 0 = uncut. */
  Answer cut(int maxTokens) {
    if (maxTokens <= 0 || text == null || Tokens.estimate(text) <= maxTokens) {
      return this;
    }
    return new Answer(Tokens.cut(text, maxTokens), refusal, "length");
  }

  int tokens() {
    return Tokens.estimate(text) + Tokens.estimate(refusal);
  }
}

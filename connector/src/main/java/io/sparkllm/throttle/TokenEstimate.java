package io.sparkllm.throttle;

/** What a request will be charged, before it is sent. */
public final class TokenEstimate {
  /** English text has about four characters a token. */
  private static final int CHARS_PER_TOKEN = 4;

  /** Assumed length of an answer where no limit is set. */
  private static final int DEFAULT_OUTPUT = 256;

  private TokenEstimate() {}

  /**
   * The tokens that a request is charged.
   *
   * @param promptChars characters of all its messages
   * @param maxTokens the limit of the answer; null where none is set
   * @return tokens, at least 1
   */
  public static long charge(long promptChars, Integer maxTokens) {
    return Math.max(1, promptChars / CHARS_PER_TOKEN)
        + (maxTokens == null ? DEFAULT_OUTPUT : maxTokens);
  }
}

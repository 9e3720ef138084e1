package io.sparkllm.throttle;

/**
 * The tokens of a request, before it is sent.
 *
 * @param charge what it is expected to use, prompt and answer
 * @param least what the service charges however short the answer is; 0 where it charges what is
 *     used
 */
public record TokenEstimate(long charge, long least) {
  /** Of a row without a request. */
  public static final TokenEstimate NONE = new TokenEstimate(0, 0);

  /** English text has about four characters a token. */
  private static final int CHARS_PER_TOKEN = 4;

  /** Assumed length of an answer where no limit is set. */
  private static final int DEFAULT_OUTPUT = 256;

  /**
   * Estimates a request. Services charge the larger of the answer's limit and the prompt up front
   * (protocol notes §5) and give nothing back.
   *
   * @param promptChars characters of all its messages
   * @param maxTokens the limit of the answer; null where none is set
   * @return the estimate, of 1 token at least
   */
  public static TokenEstimate of(long promptChars, Integer maxTokens) {
    long prompt = Math.max(1, promptChars / CHARS_PER_TOKEN);
    return maxTokens == null
        ? new TokenEstimate(prompt + DEFAULT_OUTPUT, 0)
        : new TokenEstimate(prompt + maxTokens, Math.max(prompt, maxTokens));
  }
}

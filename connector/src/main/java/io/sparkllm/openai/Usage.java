package io.sparkllm.openai;

/**
 * The tokens that an answer used; null where the service did not say.
 *
 * @param promptTokens tokens of the prompt, the cached ones included
 * @param cachedTokens tokens of the prompt that came from the service's cache
 * @param completionTokens tokens of the answer, hidden reasoning included
 * @param totalTokens both together
 */
public record Usage(Long promptTokens, Long cachedTokens, Long completionTokens, Long totalTokens) {
  /** Nothing known. */
  public static final Usage UNKNOWN = new Usage(null, null, null, null);

  /**
   * The sum, where either side is known.
   *
   * @param other further tokens
   * @return both together
   */
  public Usage plus(Usage other) {
    return new Usage(
        sum(promptTokens, other.promptTokens),
        sum(cachedTokens, other.cachedTokens),
        sum(completionTokens, other.completionTokens),
        sum(totalTokens, other.totalTokens));
  }

  private static Long sum(Long a, Long b) {
    return a == null ? b : b == null ? a : Long.valueOf(a + b);
  }
}

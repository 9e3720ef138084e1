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
}

package io.sparkllm.throttle;

/**
 * What an executor wants from a budget, and what it gives back.
 *
 * @param slots requests that it could send soon
 * @param tokens what these are expected to be charged
 * @param firstTokens what the first of them is expected to be charged
 * @param unusedSlots slots granted before whose time passed unused
 * @param unusedTokens tokens granted before that were not used; negative where more were used
 */
public record Demand(
    long slots, long tokens, long firstTokens, long unusedSlots, long unusedTokens) {
  /** Nothing wanted, nothing given back. */
  public static final Demand NONE = new Demand(0, 0, 0, 0, 0);
}

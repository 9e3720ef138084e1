package io.sparkllm.local;

/**
 * The limits of the scripted service.
 *
 * @param requestsPerMinute 0 = unlimited
 * @param tokensPerMinute 0 = unlimited
 * @param burstSeconds how many seconds' worth may come at once after idling
 * @param headers whether answers carry {@code x-ratelimit-*} and 429s carry {@code retry-after*}
 * @param charge which tokens count
 */
record RateLimit(
    long requestsPerMinute,
    long tokensPerMinute,
    double burstSeconds,
    boolean headers,
    Charge charge) {

  /** Which tokens of a request count against the limit. */
  enum Charge {
    /** What is estimated when it comes: max({@code max_tokens}, prompt). */
    UPFRONT,
    /** The same, and afterwards what the answer used beyond that. */
    USED
  }
}

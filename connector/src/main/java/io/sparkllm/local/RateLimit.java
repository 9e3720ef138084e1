package io.sparkllm.local;

/**
 * The limits of the scripted service.
 *
 * @param requestsPerMinute 0 = unlimited
 * @param tokensPerMinute 0 = unlimited
 * @param burstSeconds how many seconds' worth may come at once after idling
 * @param headers whether answers carry {@code x-ratelimit-*} and 429s carry {@code retry-after*}
 */
record RateLimit(
    long requestsPerMinute, long tokensPerMinute, double burstSeconds, boolean headers) {}

package io.sparkllm.throttle;

/**
 * What the {@code x-ratelimit-*} headers of a reply say about requests or tokens (protocol notes
 * §5).
 *
 * @param limit the limit; its period is not said
 * @param remaining what is left of it
 * @param resetNanos nanoseconds until all of it is there again
 */
public record HeaderLimit(long limit, long remaining, long resetNanos) {}

package io.sparkllm.throttle;

/**
 * What a budget grants to an executor. Times are relative, as the clocks of two machines differ.
 *
 * @param unlimited true where no limit is known: send as you like, until the next grant
 * @param slots requests granted
 * @param delayNanos nanoseconds until the first of them
 * @param intervalNanos nanoseconds from one to the next, at least
 * @param tokens tokens granted; negative where tokens are not limited
 * @param tokenNanos nanoseconds from one request to the next for each token of the first, at least
 * @param againNanos nanoseconds after which it makes sense to ask again
 * @param tokenLimit tokens per minute that options name, which no single request may exceed; null
 *     where none is named
 */
public record Grant(
    boolean unlimited,
    long slots,
    long delayNanos,
    long intervalNanos,
    long tokens,
    double tokenNanos,
    long againNanos,
    Long tokenLimit) {}

package io.sparkllm.coordination;

import io.sparkllm.throttle.Waits;

/**
 * What an executor does on one budget.
 *
 * @param inFlight calls under way now
 * @param atMost calls that may be under way now
 * @param waits what it waited for since it last told
 */
public record Activity(int inFlight, int atMost, Waits waits) {}

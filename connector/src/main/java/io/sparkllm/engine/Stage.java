package io.sparkllm.engine;

import io.sparkllm.throttle.TokenEstimate;

/**
 * What the tasks of one transformation in one Spark stage share on an executor; also those that are
 * tried again.
 *
 * @param key the same on all executors
 * @param id Spark's id of the stage
 * @param breaker stops the stage's calls
 * @param tokens what its requests are charged; guarded by the dispatcher's lock
 * @param size how many rows its requests may have, shared with all stages of the same form
 * @param spent what it spent; null where nothing is capped
 */
record Stage(
    String key,
    int id,
    CircuitBreaker breaker,
    TokenEstimate tokens,
    BatchSize size,
    Spent spent) {}

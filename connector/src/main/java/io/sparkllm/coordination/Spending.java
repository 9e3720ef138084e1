package io.sparkllm.coordination;

import io.sparkllm.cost.Tokens;

/**
 * What an executor has spent so far, in one stage, on a transformation that has a cap.
 *
 * @param transformation names the transformation, the same in all its stages and on all executors
 * @param cap what it may spend
 * @param tokens all that the executor spent in the stage, so that a report may be told twice
 */
public record Spending(String transformation, Cap cap, Tokens tokens) {}

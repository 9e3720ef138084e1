package io.sparkllm.local.batch;

/**
 * What the model service says of a line's body before anything runs.
 *
 * @param model the model asked for; null when the body names none
 * @param tokens estimated prompt tokens, what the line adds to the enqueued ones
 * @param inputs that count against the limit of a file; 0 where the endpoint has none
 * @param problem what is wrong with it; null = nothing
 */
public record LineCheck(String model, long tokens, int inputs, BatchProblem problem) {}

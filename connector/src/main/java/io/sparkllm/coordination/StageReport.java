package io.sparkllm.coordination;

/**
 * A stage that calls.
 *
 * @param key names a transformation in a stage, the same on all executors
 * @param stageId Spark's id of the stage
 * @param cause why calling stopped there; null while it goes on
 */
public record StageReport(String key, int stageId, FatalCause cause) {}

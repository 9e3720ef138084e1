package io.sparkllm.coordination;

/**
 * A stage that calls.
 *
 * @param key names a transformation in a stage, the same on all executors
 * @param stageId Spark's id of the stage
 * @param cause why calling stopped there; null while it goes on
 * @param spending what the executor spent there; null where nothing is capped
 */
public record StageReport(String key, int stageId, FatalCause cause, Spending spending) {
  /** Of a stage without a cap. */
  public StageReport(String key, int stageId, FatalCause cause) {
    this(key, stageId, cause, null);
  }
}

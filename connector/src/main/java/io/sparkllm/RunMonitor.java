package io.sparkllm;

import io.sparkllm.engine.ExecutorRegistry;
import java.util.UUID;

/**
 * Follows one run from the driver while its executors work: pass it to {@link
 * Llm#transform(org.apache.spark.sql.Dataset, RunMonitor)}. The counts are for progress and no
 * bill: Spark counts a row twice when it runs a partition twice. Thread-safe.
 */
public final class RunMonitor implements AutoCloseable {
  private final String id = UUID.randomUUID().toString();

  /**
   * What all executors together have done so far, up to a tenth of a second ago, and what limits
   * them.
   *
   * @return the status; zeros where the driver cannot be reached by its executors
   */
  public RunStatus status() {
    return ExecutorRegistry.coordinator().status(id);
  }

  /**
   * The counts of {@link #status}.
   *
   * @return the counts; zero where the driver cannot be reached by its executors
   */
  public CallCounts counts() {
    return status().counts();
  }

  /** The id that executors report under. */
  String id() {
    return id;
  }

  /** Forgets the counts. */
  @Override
  public void close() {
    ExecutorRegistry.coordinator().forget(id);
  }
}

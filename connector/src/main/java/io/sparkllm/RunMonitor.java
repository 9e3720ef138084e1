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
   * What all executors together have done so far, up to half a second ago.
   *
   * @return the counts; zero where the driver cannot be reached by its executors
   */
  public CallCounts counts() {
    return ExecutorRegistry.coordinator().counts(id);
  }

  /** Begins to listen to the executors; gives the id that they report under. */
  String start() {
    ExecutorRegistry.coordinator().serve();
    return id;
  }

  /** Forgets the counts. */
  @Override
  public void close() {
    ExecutorRegistry.coordinator().forget(id);
  }
}

package io.sparkllm.batch.rows;

import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;

/** Whether Spark gave up the task that runs here. */
final class Cancelled {
  private Cancelled() {}

  /** Ends the task where Spark gave it up; Spark knows what that means. */
  static void check() {
    TaskContext task = TaskContext.get();
    if (task != null && task.isInterrupted()) {
      throw new TaskKilledException("Spark gave the task up");
    }
  }
}

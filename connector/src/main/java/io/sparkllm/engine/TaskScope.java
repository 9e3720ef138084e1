package io.sparkllm.engine;

import java.time.Duration;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/** What the engine needs to know of the Spark task that it runs in. */
interface TaskScope {
  /** How often a wait looks whether the task was killed. */
  long POLL_MILLIS = 100;

  /** The stage; the same for its retried tasks, another for another action. */
  int stageId();

  /** True once the task was killed. */
  boolean isInterrupted();

  /** Waits until the task is killed; false when that did not happen in the time. */
  boolean isKilledWithin(Duration time);

  /** Runs an action when the task ends, however it ends. */
  void onCompletion(Runnable action);

  /** The task of the current thread. */
  static TaskScope current() {
    TaskContext context = TaskContext.get();
    if (context == null) {
      throw new IllegalStateException("No Spark task runs on this thread");
    }
    return new TaskScope() {
      @Override
      public int stageId() {
        return context.stageId();
      }

      @Override
      public boolean isInterrupted() {
        return context.isInterrupted();
      }

      @Override
      public boolean isKilledWithin(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        while (!isInterrupted() && System.nanoTime() - deadline < 0) {
          try {
            Thread.sleep(POLL_MILLIS);
          } catch (InterruptedException e) {
            // Newer Spark interrupts a killed task's thread.
            Thread.currentThread().interrupt();
            return true;
          }
        }
        return isInterrupted();
      }

      @Override
      public void onCompletion(Runnable action) {
        TaskCompletionListener listener = c -> action.run();
        context.addTaskCompletionListener(listener);
      }
    };
  }
}

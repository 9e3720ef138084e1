package io.sparkllm.engine;

import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/** What the engine needs to know of the Spark task that it runs in. */
interface TaskScope {
  /** The stage; the same for its retried tasks, another for another action. */
  int stageId();

  /** True once the task was killed. */
  boolean isInterrupted();

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
      public void onCompletion(Runnable action) {
        TaskCompletionListener listener = c -> action.run();
        context.addTaskCompletionListener(listener);
      }
    };
  }
}

package io.sparkllm.http;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs things later, on one daemon thread: time-outs, retries, the next slot of a budget. */
public final class Timer implements AutoCloseable {
  /** Something that will run later. */
  public interface Task {
    /** Forgets it, if it has not begun. */
    void cancel();
  }

  private static final Logger LOG = LoggerFactory.getLogger(Timer.class);

  private final ScheduledThreadPoolExecutor executor;

  /**
   * Starts the thread.
   *
   * @param threadName its name
   */
  public Timer(String threadName) {
    executor = new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory(threadName, true));
    executor.setRemoveOnCancelPolicy(true);
    // Once closed: what is still on its way then needs no time-out and no next look.
    executor.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
  }

  /**
   * Runs an action later, unless the timer is closed before. An exception of the action is logged.
   *
   * @param nanos nanoseconds from now
   * @param action what to run
   * @return the task
   */
  public Task after(long nanos, Runnable action) {
    ScheduledFuture<?> future =
        executor.schedule(
            () -> {
              try {
                action.run();
              } catch (RuntimeException e) {
                LOG.error("A timer's action failed", e);
              }
            },
            nanos,
            TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}

package io.sparkllm.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The most heap that was really in use, seen by a full collection twice a second: what a young
 * collection leaves holds garbage too, and the more of it the longer a run takes.
 */
final class HeapWatch implements AutoCloseable {
  private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "heap-watch");
            thread.setDaemon(true);
            return thread;
          });
  private long most;

  HeapWatch() {
    var unused = timer.scheduleWithFixedDelay(this::look, 0, 500, TimeUnit.MILLISECONDS);
  }

  private synchronized void look() {
    memory.gc();
    most = Math.max(most, memory.getHeapMemoryUsage().getUsed());
  }

  synchronized double megabytes() {
    return most / 1e6;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}

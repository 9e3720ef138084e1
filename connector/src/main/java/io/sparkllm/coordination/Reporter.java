package io.sparkllm.coordination;

import io.sparkllm.CallCounts;
import io.sparkllm.http.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executor's side: tells the driver, twice a second, what was counted here. Rows never wait for
 * it, and a driver that cannot be reached costs nothing but the progress. Thread-safe.
 */
public final class Reporter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reporter.class);
  private static final long PERIOD_NANOS = 500_000_000;

  private final Map<String, AtomicReference<CallCounts>> counts = new ConcurrentHashMap<>();
  private final Map<String, CallCounts> reported = new HashMap<>();
  private final Timer timer = new Timer("spark-llm-reporter");
  private final String id = UUID.randomUUID().toString();
  private final AtomicBoolean started = new AtomicBoolean();
  private boolean warned;

  private void reportAndRepeat() {
    report();
    timer.after(PERIOD_NANOS, this::reportAndRepeat);
  }

  /**
   * Counts what happened to a row.
   *
   * @param run the run's id
   * @param more what to add
   */
  public void add(String run, CallCounts more) {
    counts
        .computeIfAbsent(run, id -> new AtomicReference<>(CallCounts.ZERO))
        .accumulateAndGet(more, CallCounts::plus);
    if (!started.get() && started.compareAndSet(false, true)) {
      // Not before: most executors have nobody to tell.
      timer.after(0, this::reportAndRepeat);
    }
  }

  /** Reports now rather than at the next half second; called when a task ends. */
  public void flush() {
    if (started.get()) {
      timer.after(0, this::report);
    }
  }

  private void report() {
    try {
      for (Map.Entry<String, AtomicReference<CallCounts>> e : counts.entrySet()) {
        CallCounts now = e.getValue().get();
        if (!now.equals(reported.get(e.getKey()))) {
          SparkRpc.ask(Coordinator.NAME, new Object[] {e.getKey(), id, now.toArray()});
          // Only now: a report that failed is told again.
          reported.put(e.getKey(), now);
        }
      }
    } catch (Exception e) {
      if (!warned) {
        warned = true;
        LOG.warn("The driver cannot be told about progress; the rows do not need it", e);
      }
    }
  }

  @Override
  public void close() {
    timer.close();
  }
}

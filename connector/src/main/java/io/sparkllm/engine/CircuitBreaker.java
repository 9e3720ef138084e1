package io.sparkllm.engine;

import io.sparkllm.coordination.FatalCause;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Stops the calling of one Spark stage on a fatal cause; once open it stays open, so that retried
 * tasks of the stage do not call either. A new action is a new stage and starts closed.
 * Thread-safe.
 */
final class CircuitBreaker {
  /**
   * So many failures in a row that look as if every row would fail so. One alone may be a single
   * row's (a web firewall's 403, say), and a bad row must not fail a job.
   */
  static final int SUSPECTS = 4;

  /** The same once the service has answered: bad rows stand together in sorted inputs. */
  static final int LATER_SUSPECTS = 50;

  private final AtomicReference<FatalCause> cause = new AtomicReference<>();
  private final AtomicInteger suspects = new AtomicInteger();
  private volatile boolean answered;
  private volatile boolean told;

  /** The cause that opened the breaker; null while it is closed. */
  FatalCause cause() {
    return cause.get();
  }

  /** Opens the breaker; the first cause stays. True when this call opened it. */
  boolean open(FatalCause fatal) {
    return cause.compareAndSet(null, fatal);
  }

  /** Whether the driver knows that this breaker is open. */
  boolean isTold() {
    return told;
  }

  /** The driver knows. */
  void told() {
    told = true;
  }

  /** The service took a request as it should, or refused it for what stands in this row. */
  void succeeded() {
    answered = true;
    if (suspects.get() != 0) {
      suspects.set(0);
    }
  }

  /** Counts a suspicious failure; true when there were too many in a row. */
  boolean suspect() {
    return suspects.incrementAndGet() >= (answered ? LATER_SUSPECTS : SUSPECTS);
  }
}

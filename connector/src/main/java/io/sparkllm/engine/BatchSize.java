package io.sparkllm.engine;

import java.time.Duration;

/**
 * How many rows a request of one form may have, as an executor has learned it: few at first, twice
 * as many after each success, half after a time-out, a 413 or a 5xx. While it grows for the first
 * time, requests go out one by one, as each would tell the same. Thread-safe.
 */
final class BatchSize {
  /** Rows of the first request at most. */
  static final int FIRST = 16;

  /** The first request is by so much smaller than the largest may be. */
  private static final int FIRST_SHARE = 8;

  /**
   * Successes after a cut before it grows again: few, or failures that have other reasons would
   * wear it down to single rows. Doubled where the same size fails again.
   */
  private static final int PATIENCE = 2;

  private static final int MOST_PATIENCE = 1024;

  private int size;
  private boolean slowStart = true;
  private boolean probing;
  private int patience = PATIENCE;
  private int waiting;
  private long cutNanos;

  /** Rows of the request that led to the last cut; 0 while there was none. */
  private int cutRows;

  private boolean answered;
  private boolean unknown;
  private boolean schemaKept;
  private boolean schemaUnknown;

  /** Rows of the next request. */
  synchronized int rows(int most) {
    if (size == 0) {
      size = Math.max(1, Math.min(FIRST, most / FIRST_SHARE));
    }
    return Math.min(size, most);
  }

  /** Whether a request with all rows that are allowed now may go out; it then has to be told. */
  synchronized boolean tryProbe(int most) {
    if (!isGrowing(most)) {
      return true;
    }
    if (probing) {
      return false;
    }
    probing = true;
    return true;
  }

  /** Whether sizes grow for the first time, so that a request sent now is a probe. */
  synchronized boolean isGrowing(int most) {
    return slowStart && rows(most) < most;
  }

  /** The probe has ended, however. */
  synchronized void probed() {
    probing = false;
  }

  /**
   * A request was answered.
   *
   * @param rows its rows
   * @param most rows allowed by its options
   * @param latencyNanos what it took
   * @param target what a request should take at most
   */
  synchronized void succeeded(int rows, int most, long latencyNanos, Duration target) {
    answered = true;
    if (rows >= cutRows) {
      // It was not the number of rows that failed.
      patience = PATIENCE;
    }
    if (rows < rows(most) || size >= most) {
      return;
    }
    if (waiting > 0) {
      waiting--;
      return;
    }
    // Each row takes as long as before, at worst.
    double inTime = (double) rows * target.toNanos() / Math.max(1, latencyNanos);
    int next = (int) Math.min(Math.min(2L * size, most), inTime);
    if (next <= size) {
      slowStart = false;
    } else {
      size = next;
    }
  }

  /**
   * A request was too much for the service.
   *
   * @param rows its rows
   * @param sentNanos when it was sent: what was sent before the last cut says nothing new
   */
  synchronized void cut(int rows, long sentNanos, long nowNanos) {
    if (cutRows > 0 && sentNanos - cutNanos < 0) {
      return;
    }
    patience = rows == cutRows ? Math.min(MOST_PATIENCE, 2 * patience) : PATIENCE;
    waiting = patience;
    cutRows = rows;
    cutNanos = nowNanos;
    slowStart = false;
    size = Math.max(1, Math.min(size, rows / 2));
  }

  /** Whether the service ever answered a request of this form. */
  synchronized boolean isAnswered() {
    return answered;
  }

  /** The service does not know this form. */
  synchronized void markUnknown() {
    unknown = true;
  }

  synchronized boolean isUnknown() {
    return unknown;
  }

  /** A request with a schema was answered: what the service says of schemas is about one row. */
  synchronized void markSchemaKept() {
    schemaKept = true;
  }

  /** The service does not know schemas, unless it was seen to. */
  synchronized void markSchemaUnknown() {
    schemaUnknown = !schemaKept;
  }

  synchronized boolean isSchemaUnknown() {
    return schemaUnknown;
  }

  synchronized boolean isSchemaKept() {
    return schemaKept;
  }
}

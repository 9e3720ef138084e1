package io.sparkllm.engine;

import java.time.Duration;
import java.util.TreeMap;

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

  /** A size that fails all the time is tried again after so many successes at last: 2 to this. */
  private static final int MOST_PATIENCE = 10;

  private int size;
  private boolean slowStart = true;
  private boolean probing;
  private int successes;
  private long cutNanos;
  private boolean wasCut;

  /** Failures of requests by their rows, since one with as many rows succeeded. */
  private final TreeMap<Integer, Integer> failures = new TreeMap<>();

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
    failures.headMap(rows, true).clear();
    if (rows < rows(most) || size >= most) {
      return;
    }
    successes++;
    // Each row takes as long as before, at worst.
    double inTime = (double) rows * target.toNanos() / Math.max(1, latencyNanos);
    int next = Math.min(Math.min(2 * size, most), (int) inTime);
    if (next <= size) {
      slowStart = false;
    } else if (successes >= patience(next)) {
      size = next;
      successes = 0;
    }
  }

  /**
   * Successes before a size is tried: one, or failures that have other reasons would wear sizes
   * down to single rows; but more and more for what failed whenever it was tried.
   */
  private int patience(int next) {
    int failed = failures.headMap(next, true).values().stream().reduce(0, Math::max);
    return 1 << Math.min(MOST_PATIENCE, Math.max(0, failed - 1));
  }

  /**
   * A request was too much for the service.
   *
   * @param rows its rows
   * @param sentNanos when it was sent: what was sent before the last cut says nothing new
   */
  synchronized void cut(int rows, long sentNanos, long nowNanos) {
    if (wasCut && sentNanos - cutNanos < 0) {
      return;
    }
    wasCut = true;
    cutNanos = nowNanos;
    slowStart = false;
    successes = 0;
    failures.merge(rows, 1, Integer::sum);
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

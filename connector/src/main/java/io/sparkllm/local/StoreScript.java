package io.sparkllm.local;

import io.sparkllm.local.batch.BatchScript;
import java.util.Map;

/**
 * How files and batches behave, as clients see it. Immutable.
 *
 * @param batch what happens to batches
 * @param faults rules for calls to files and batches
 * @param lines rules for lines of batches
 * @param latencyMs milliseconds to the first byte of an answer of files and batches
 * @param files what uploads must keep to
 * @param lag how files are seen after their upload
 * @param creates most creates of batches
 * @param uploads most uploads of files
 * @param tokenRefusal how a create over the enqueued tokens ends
 * @param shape how batches are told
 */
record StoreScript(
    BatchScript batch,
    FaultPlan faults,
    FaultPlan lines,
    long latencyMs,
    FileLimits files,
    Lag lag,
    Rate creates,
    Rate uploads,
    TokenRefusal tokenRefusal,
    Shape shape) {

  /**
   * What uploads must keep to.
   *
   * @param maxBytes of a file
   * @param leastLifeSeconds of {@code expires_after}
   * @param mostLifeSeconds of {@code expires_after}
   */
  record FileLimits(long maxBytes, long leastLifeSeconds, long mostLifeSeconds) {}

  /**
   * How files are seen after their upload.
   *
   * @param reads so many first looks at a file do not find it
   * @param status of those looks: 400 or 404
   * @param creates whether a create is such a look, or its batch fails later
   * @param uploaded so many first looks tell the status {@code uploaded} instead of {@code
   *     processed}
   */
  record Lag(int reads, int status, LagCreates creates, int uploaded) {}

  /** What becomes of a create from a file that is not seen yet. */
  enum LagCreates {
    /** It is answered as other looks are. */
    REFUSE,
    /** The batch is made, and fails when it is validated. */
    FAIL
  }

  /**
   * Most within a span of time.
   *
   * @param limit 0 = any number
   * @param perSeconds the span
   */
  record Rate(long limit, long perSeconds) {}

  /** How a create over the enqueued tokens ends. */
  enum TokenRefusal {
    /** The batch is made, and fails when it is validated. */
    FAILED(0),
    /** Answered with 400. */
    BAD_REQUEST(400),
    /** Answered with 429. */
    THROTTLED(429);

    private final int status;

    TokenRefusal(int status) {
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  /**
   * How batches are told.
   *
   * @param lateFiles so many first looks at an ended batch do not tell its result files
   * @param counts what {@code request_counts} says
   * @param usage whether {@code usage} is told
   * @param statuses other names of states, by their own
   * @param style of states
   * @param times of time stamps
   */
  record Shape(
      int lateFiles,
      Counts counts,
      boolean usage,
      Map<String, String> statuses,
      StatusStyle style,
      TimeStyle times) {}

  /** What {@code request_counts} says. */
  enum Counts {
    /** The truth. */
    RIGHT,
    /** That all lines were answered. */
    ALL_COMPLETED,
    /** Zeroes. */
    ZERO,
    /** Null. */
    NULL
  }

  /** How states are written. */
  enum StatusStyle {
    /** As OpenAI does. */
    LOWER,
    /** As Azure did. */
    CAPITALISED,
    /** As Together does. */
    UPPER
  }

  /** How time stamps are written. */
  enum TimeStyle {
    /** Seconds since 1970. */
    EPOCH,
    /** ISO 8601. */
    ISO
  }
}

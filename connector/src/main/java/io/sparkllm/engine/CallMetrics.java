package io.sparkllm.engine;

import java.util.Arrays;
import org.apache.spark.util.AccumulatorV2;

/**
 * Counters of a running job for its progress line, as a Spark accumulator. Spark may count a row
 * twice when it runs a partition twice: this is no bill.
 */
public final class CallMetrics extends AccumulatorV2<long[], long[]> {
  private static final long serialVersionUID = 1L;

  /** What is counted. */
  public enum Counter {
    /** Rows finished. */
    ROWS,
    /** Rows with an error. */
    ERRORS,
    /** Calls made. */
    CALLS,
    /** Calls made again for a row. */
    RETRIES,
    /** Tokens of prompts. */
    PROMPT_TOKENS,
    /** Tokens of answers. */
    COMPLETION_TOKENS,
    /** Milliseconds that calls waited for a rate limit. */
    THROTTLED_MILLIS
  }

  private final long[] counts = new long[Counter.values().length];

  /**
   * One counter's value.
   *
   * @param counter which
   * @return the sum over all tasks so far
   */
  public long count(Counter counter) {
    return counts[counter.ordinal()];
  }

  @Override
  public boolean isZero() {
    for (long count : counts) {
      if (count != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public AccumulatorV2<long[], long[]> copy() {
    CallMetrics copy = new CallMetrics();
    copy.add(counts);
    return copy;
  }

  @Override
  public void reset() {
    Arrays.fill(counts, 0);
  }

  @Override
  public void add(long[] more) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += more[i];
    }
  }

  @Override
  public void merge(AccumulatorV2<long[], long[]> other) {
    add(other.value());
  }

  @Override
  public long[] value() {
    return counts.clone();
  }
}

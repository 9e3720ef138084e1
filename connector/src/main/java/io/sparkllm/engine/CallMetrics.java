package io.sparkllm.engine;

import org.apache.spark.util.AccumulatorV2;

/**
 * The counts of a running job as a Spark accumulator. Spark may count a row twice when it runs a
 * partition twice: this is no bill.
 */
public final class CallMetrics extends AccumulatorV2<CallCounts, CallCounts> {
  private static final long serialVersionUID = 1L;

  private CallCounts counts = CallCounts.ZERO;

  @Override
  public boolean isZero() {
    return counts.equals(CallCounts.ZERO);
  }

  @Override
  public AccumulatorV2<CallCounts, CallCounts> copy() {
    CallMetrics copy = new CallMetrics();
    copy.counts = counts;
    return copy;
  }

  @Override
  public void reset() {
    counts = CallCounts.ZERO;
  }

  @Override
  public void add(CallCounts more) {
    counts = counts.plus(more);
  }

  @Override
  public void merge(AccumulatorV2<CallCounts, CallCounts> other) {
    add(other.value());
  }

  @Override
  public CallCounts value() {
    return counts;
  }
}

package io.sparkllm;

import io.sparkllm.throttle.EffectiveLimit;
import io.sparkllm.throttle.Waits;

/**
 * How a run gets on: what was done, what limits it now, and what it waited for.
 *
 * @param counts what has happened so far
 * @param callsInFlight calls under way now, on all executors
 * @param callsAtMost calls that may be under way now, on the executors that call
 * @param requestLimit the limit on requests that holds now; null where none is known
 * @param tokenLimit the limit on tokens that holds now; null where none is known
 * @param waits what the executors waited for
 */
public record RunStatus(
    CallCounts counts,
    int callsInFlight,
    int callsAtMost,
    EffectiveLimit requestLimit,
    EffectiveLimit tokenLimit,
    Waits waits) {
  /** Before the first report. */
  public static final RunStatus NOTHING =
      new RunStatus(CallCounts.ZERO, 0, 0, null, null, Waits.ZERO);
}

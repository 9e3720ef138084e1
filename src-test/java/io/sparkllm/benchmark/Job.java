package io.sparkllm.benchmark;

/**
 * What a client is asked to do once. Travels as JSON to the client's JVM.
 *
 * @param rows rows to ask about, from number 0 on
 * @param inFlight calls in flight at most
 * @param requestsPerMinute the limit to keep; 0 for none
 * @param tokensPerMinute the limit to keep; 0 for none
 * @param watchHeap measures the heap in use, at the cost of everything else's accuracy
 */
record Job(int rows, int inFlight, int requestsPerMinute, long tokensPerMinute, boolean watchHeap) {

  /** Rows without limits. */
  static Job of(int rows, int inFlight) {
    return new Job(rows, inFlight, 0, 0, false);
  }
}

package io.sparkllm.local;

import java.util.ArrayDeque;

/** Lets so many things happen within any span of time. Thread-safe. */
final class RecentCount {
  private final ArrayDeque<Long> times = new ArrayDeque<>();

  /**
   * Counts one thing, unless there have been too many.
   *
   * @param limit most within the span; 0 = any number
   * @param spanMs milliseconds
   * @param nowMs now, on a clock that does not go back
   * @return whether it may happen
   */
  synchronized boolean admit(long limit, long spanMs, long nowMs) {
    while (!times.isEmpty() && times.peekFirst() <= nowMs - spanMs) {
      times.removeFirst();
    }
    if (limit > 0 && times.size() >= limit) {
      return false;
    }
    if (limit > 0) {
      times.addLast(nowMs);
    }
    return true;
  }
}

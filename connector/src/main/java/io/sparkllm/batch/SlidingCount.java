package io.sparkllm.batch;

import java.util.ArrayDeque;
import java.util.Deque;

/** So many of something in a time that moves along, at most. For one thread. */
final class SlidingCount {
  private final int most;
  private final long millis;
  private final Deque<long[]> times = new ArrayDeque<>();
  private int count;

  SlidingCount(int most, long millis) {
    this.most = most;
    this.millis = millis;
  }

  void add(int more, long now) {
    times.addLast(new long[] {now, more});
    count += more;
  }

  int room(long now) {
    while (!times.isEmpty() && times.peekFirst()[0] <= now - millis) {
      count -= (int) times.pollFirst()[1];
    }
    return Math.max(0, most - count);
  }

  /** When there is room again; the far future where there is now. */
  long roomAt(long now) {
    return room(now) > 0 ? Long.MAX_VALUE : times.peekFirst()[0] + millis;
  }
}

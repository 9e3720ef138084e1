package io.sparkllm.engine;

import io.sparkllm.http.Timer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The calls that wait out a delay before they are queued again. Not thread-safe. */
final class BackOff {
  private final Map<Call, Timer.Task> waiting = new HashMap<>();
  private int throttled;

  /** The task queues the call again. */
  void add(Call call, Timer.Task task) {
    waiting.put(call, task);
    throttled += call.lastThrottled ? 1 : 0;
  }

  /** Forgets a call and what would queue it; false where it does not wait. */
  boolean remove(Call call) {
    Timer.Task task = waiting.remove(call);
    if (task == null) {
      return false;
    }
    task.cancel();
    throttled -= call.lastThrottled ? 1 : 0;
    return true;
  }

  /** The calls whose stage was stopped. */
  List<Call> stopped() {
    return waiting.keySet().stream().filter(c -> c.plan.breaker().cause() != null).toList();
  }

  /** Whether any of them was refused as too much. */
  boolean isThrottled() {
    return throttled > 0;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  int size() {
    return waiting.size();
  }
}

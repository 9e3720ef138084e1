package io.sparkllm.engine;

import io.sparkllm.http.Timer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The requests that wait out a delay before they are queued again. Not thread-safe. */
final class BackOff {
  private final Map<Request, Timer.Task> waiting = new HashMap<>();
  private int throttled;

  /** The task queues the request again. */
  void add(Request request, Timer.Task task) {
    waiting.put(request, task);
    throttled += request.lastThrottled ? 1 : 0;
  }

  /** Forgets a request and what would queue it; false where it does not wait. */
  boolean remove(Request request) {
    Timer.Task task = waiting.remove(request);
    if (task == null) {
      return false;
    }
    task.cancel();
    throttled -= request.lastThrottled ? 1 : 0;
    return true;
  }

  /** The requests whose stage was stopped. */
  List<Request> stopped() {
    return waiting.keySet().stream().filter(r -> r.plan.breaker().cause() != null).toList();
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

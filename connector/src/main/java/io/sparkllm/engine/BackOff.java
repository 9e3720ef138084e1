package io.sparkllm.engine;

import java.util.HashSet;
import java.util.Set;

/** The calls that wait before they are asked again, by why. Not thread-safe. */
final class BackOff {
  private final Set<Call> throttled = new HashSet<>();
  private final Set<Call> failed = new HashSet<>();

  void add(Call call, boolean throttle) {
    (throttle ? throttled : failed).add(call);
  }

  void remove(Call call) {
    throttled.remove(call);
    failed.remove(call);
  }

  /** Whether any of them was refused as too much. */
  boolean isThrottled() {
    return !throttled.isEmpty();
  }

  boolean isEmpty() {
    return throttled.isEmpty() && failed.isEmpty();
  }
}

package io.sparkllm.local.batch;

import java.util.HashMap;
import java.util.Map;

/** Prompt tokens of all live batches, by model. Thread-safe. */
final class EnqueuedTokens {
  private final Map<String, Long> now = new HashMap<>();
  private final Map<String, Long> most = new HashMap<>();

  /**
   * Takes tokens, all or none.
   *
   * @param limit of the model; 0 = unlimited
   * @return whether they were taken
   */
  synchronized boolean reserve(String model, long tokens, long limit) {
    long sum = now.getOrDefault(model, 0L) + tokens;
    if (limit > 0 && sum > limit) {
      return false;
    }
    now.put(model, sum);
    most.merge(model, sum, Math::max);
    return true;
  }

  synchronized void release(String model, long tokens) {
    now.merge(model, -tokens, Long::sum);
  }

  synchronized Map<String, Long> now() {
    return Map.copyOf(now);
  }

  synchronized Map<String, Long> most() {
    return Map.copyOf(most);
  }

  /** From now on the most is what there is now. */
  synchronized void reset() {
    most.clear();
    most.putAll(now);
  }
}

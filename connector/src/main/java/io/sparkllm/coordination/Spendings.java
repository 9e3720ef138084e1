package io.sparkllm.coordination;

import io.sparkllm.cost.Tokens;
import java.util.HashMap;
import java.util.Map;

/** What one transformation spent on all executors and in all its stages. Not thread-safe. */
final class Spendings {
  private final Map<String, Tokens> tokens = new HashMap<>();

  /** Takes an executor's newest report of a stage; the cause to stop, or null. */
  FatalCause take(String executor, String stage, Spending spending) {
    tokens.put(executor + " " + stage, spending.tokens());
    return spending.cap().reached(tokens.values().stream().reduce(Tokens.ZERO, Tokens::plus));
  }
}

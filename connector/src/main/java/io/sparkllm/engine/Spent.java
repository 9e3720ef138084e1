package io.sparkllm.engine;

import io.sparkllm.coordination.Cap;
import io.sparkllm.coordination.FatalCause;
import io.sparkllm.coordination.Spending;
import io.sparkllm.cost.Tokens;

/**
 * What a stage spent on this executor, and what the driver knows of it. Guarded by the dispatcher's
 * lock.
 */
final class Spent {
  private final String transformation;
  private final Cap cap;
  private Tokens tokens = Tokens.ZERO;
  private Tokens told = Tokens.ZERO;

  Spent(String transformation, Cap cap) {
    this.transformation = transformation;
    this.cap = cap;
  }

  void add(Tokens more) {
    tokens = tokens.plus(more);
  }

  /** Whether the driver does not know all of it. */
  boolean isUntold() {
    return !tokens.equals(told);
  }

  /** Whether it should be told at once. */
  boolean isNews() {
    return isUntold() && cap.isNews(tokens.minus(told));
  }

  Spending report() {
    return new Spending(transformation, cap, tokens);
  }

  /** The driver knows of so much. */
  void told(Tokens known) {
    told = known;
  }

  /** Why the stage stops where the driver cannot be asked; null while it goes on. */
  FatalCause reachedAlone(int executors) {
    return cap.reachedAlone(tokens, executors);
  }
}

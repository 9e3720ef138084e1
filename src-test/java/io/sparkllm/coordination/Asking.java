package io.sparkllm.coordination;

import io.sparkllm.throttle.Demand;
import io.sparkllm.throttle.Observed;
import io.sparkllm.throttle.RateLimits;
import io.sparkllm.throttle.Waits;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A budget's part in the asking that keeps what it was told. */
final class Asking implements DriverLink.Participant {
  final List<BudgetAnswer> answers = new CopyOnWriteArrayList<>();

  /** For each ask that failed, whether the executor is alone. */
  final List<Boolean> failures = new CopyOnWriteArrayList<>();

  volatile Supplier<BudgetAsk> ask;

  Asking(Supplier<BudgetAsk> ask) {
    this.ask = ask;
  }

  /** Asks of a budget without wanting anything. */
  static Asking of(StageReport... stages) {
    return new Asking(() -> ask(List.of(), stages));
  }

  static BudgetAsk ask(List<String> runs, StageReport... stages) {
    return new BudgetAsk(
        "budget",
        List.of(RateLimits.NONE),
        Demand.NONE,
        Observed.NOTHING,
        new Activity(3, 8, new Waits(1, 2, 3, 4)),
        runs,
        List.of(stages));
  }

  @Override
  public BudgetAsk ask() {
    return ask.get();
  }

  @Override
  public void answered(BudgetAsk asked, BudgetAnswer answer) {
    answers.add(answer);
  }

  @Override
  public void unanswered(BudgetAsk asked, boolean alone) {
    failures.add(alone);
  }

  @Override
  public boolean isStarved() {
    return false;
  }
}

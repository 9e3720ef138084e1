package io.sparkllm.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/**
 * Driver and executors in simulated time where limits, executors or calls are extreme. Executors
 * ask when {@code DriverLink} would.
 */
class BudgetLoadTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;
  private static final long PERIOD = 100 * MILLI;

  /** An executor with always some rows waiting. */
  private static final class Executor {
    final String name;
    final LeasedRateBudget budget = new LeasedRateBudget();
    final ArrayDeque<Long> charges = new ArrayDeque<>();
    long askAt;
    long calls;
    long tokens;

    Executor(String name, long askAt) {
      this.name = name;
      this.askAt = askAt;
    }
  }

  private final Random random = new Random(11);
  private final List<Executor> executors = new ArrayList<>();
  private final ApplicationBudget driver = new ApplicationBudget(0);
  private List<RateLimits> limits = List.of();
  private LongSupplier charge = () -> 1;
  private int waiting = 16;
  private long asks;

  private void executors(int count) {
    for (int i = 0; i < count; i++) {
      executors.add(new Executor("e" + i, random.nextInt(100) * MILLI));
    }
  }

  private void run(long until) {
    for (long now = 0; now < until; now += MILLI) {
      for (Executor e : executors) {
        spend(e, now);
        ask(e, now);
        spend(e, now);
      }
    }
  }

  private void ask(Executor e, long now) {
    if (now < e.askAt) {
      return;
    }
    asks++;
    long first = e.charges.getFirst();
    long expected = (first + e.charges.getLast()) / 2;
    Demand demand = e.budget.demand(e.charges.size(), expected, first, now);
    Grant grant = driver.ask(e.name, limits, demand, Observed.NOTHING, now);
    e.budget.granted(grant, now);
    spend(e, now);
    e.askAt = now + (e.budget.isStarved() ? Math.min(PERIOD, grant.againNanos()) : PERIOD);
  }

  private void spend(Executor e, long now) {
    do {
      while (e.charges.size() < waiting) {
        e.charges.add(charge.getAsLong());
      }
    } while (spendOne(e, now));
  }

  private static boolean spendOne(Executor e, long now) {
    long charge = e.charges.getFirst();
    if (e.budget.trySpend(charge, now) > 0) {
      return false;
    }
    e.charges.poll();
    e.calls++;
    e.tokens += charge;
    return true;
  }

  private LongSummaryStatistics calls() {
    return executors.stream().mapToLong(e -> e.calls).summaryStatistics();
  }

  private double tokens() {
    return executors.stream().mapToLong(e -> e.tokens).sum();
  }

  @Test
  void manyExecutorsShareALowLimitEvenly() {
    limits = List.of(new RateLimits(6_000L, null));
    executors(200);
    run(60 * SECOND);

    // Thirty each.
    assertThat(calls().getSum()).isBetween(5_800L, 6_050L);
    assertThat(calls().getMin()).isGreaterThanOrEqualTo(20);
    assertThat(calls().getMax()).isLessThanOrEqualTo(45);
  }

  @Test
  void manyExecutorsThatWaitDoNotAskEverMoreOften() {
    limits = List.of(new RateLimits(6_000L, null));
    executors(200);
    run(20 * SECOND);

    assertThat(asks / 20).as("asks a second").isLessThanOrEqualTo(200 * 12);
  }

  @Test
  void oneRequestAMinuteIsOneAMinuteWhoeverAsks() {
    limits = List.of(new RateLimits(1L, null));
    executors(3);
    run(301 * SECOND);

    assertThat(calls().getSum()).isBetween(5L, 6L);
  }

  @Test
  void tenMillionRequestsAMinuteAreReachedAndKept() {
    limits = List.of(new RateLimits(10_000_000L, null));
    waiting = 100_000;
    executors(3);
    run(3 * SECOND);

    assertThat((double) calls().getSum()).isBetween(0.9 * 500_000, 1.15 * 500_000);
  }

  @Test
  void tokensOfCallsOfVeryDifferentSizesAreReachedAndKept() {
    // From 20 to 20,000, most of them small.
    charge = () -> (long) (20 * Math.pow(1_000, random.nextDouble()));
    limits = List.of(new RateLimits(null, 600_000L));
    executors(3);
    run(120 * SECOND);

    assertThat(tokens()).isBetween(0.95 * 1_200_000, 1_200_000 + 3 * 20_000.0);
  }

  @Test
  void executorsWithLargeAndSmallCallsTakeTurns() {
    limits = List.of(new RateLimits(null, 600_000L));
    executors(3);
    Executor large = executors.get(0);
    waiting = 1;
    charge = () -> 10_000;
    spend(large, 0);
    waiting = 16;
    charge = () -> 50;
    executors.subList(1, 3).forEach(e -> spend(e, 0));
    for (long now = 0; now < 60 * SECOND; now += MILLI) {
      for (Executor e : executors) {
        charge = e == large ? () -> 10_000 : () -> 50;
        spend(e, now);
        ask(e, now);
        spend(e, now);
      }
    }

    // In turns, whatever a turn takes.
    assertThat(executors).allMatch(e -> e.calls >= 30);
    assertThat(tokens()).isBetween(0.95 * 600_000, 600_000 + 20_000.0);
  }
}

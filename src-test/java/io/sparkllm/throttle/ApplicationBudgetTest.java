package io.sparkllm.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Driver and executors in simulated time: no thread, no clock of the machine. */
class ApplicationBudgetTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;

  /** An executor with always as many rows waiting, that asks every 100 ms. */
  private static final class Executor {
    final String name;
    final LeasedRateBudget budget = new LeasedRateBudget();
    long queued;
    long askAt;
    boolean dead;

    Executor(String name, long queued) {
      this.name = name;
      this.queued = queued;
    }
  }

  /** What one of the simulated service's answers to a call's tokens is. */
  private final Random random = new Random(7);

  private final List<Executor> executors = new ArrayList<>();
  private final List<Long> sent = new ArrayList<>();
  private final List<Long> tokens = new ArrayList<>();
  private ApplicationBudget driver = new ApplicationBudget(0);
  private List<RateLimits> limits = List.of(RateLimits.NONE);
  private long charge = 1;
  private long spread;
  private Observed observed = Observed.NOTHING;

  private void requests(long perMinute) {
    limits = List.of(new RateLimits(perMinute, null));
  }

  /** Runs from one time to another in steps of a millisecond. */
  private void run(long from, long until) {
    for (long now = from; now < until; now += MILLI) {
      for (Executor e : executors) {
        if (!e.dead) {
          ask(e, now);
          spend(e, now);
        }
      }
    }
  }

  private void ask(Executor e, long now) {
    if (now < e.askAt) {
      return;
    }
    Demand demand = e.budget.demand(e.queued, charge, charge, now);
    Grant grant = driver.ask(e.name, limits, demand, observed, now);
    e.budget.granted(grant, now);
    // A message takes a while, and now and then the machine is busy.
    e.askAt = now + 100 * MILLI + random.nextInt(30) * MILLI;
  }

  private void spend(Executor e, long now) {
    while (e.queued > 0 && e.budget.trySpend(charge, now) == 0) {
      e.queued--;
      long used = charge - (spread == 0 ? 0 : random.nextLong(spread));
      e.budget.settle(charge, used);
      sent.add(now);
      tokens.add(used);
      if (sent.size() > 2_000_000) {
        throw new AssertionError("no limit");
      }
    }
  }

  private Executor executor(long queued) {
    Executor executor = new Executor("e" + executors.size(), queued);
    executors.add(executor);
    return executor;
  }

  private long mostWithin(long nanos) {
    long most = 0;
    int from = 0;
    for (int to = 0; to < sent.size(); to++) {
      while (sent.get(to) - sent.get(from) >= nanos) {
        from++;
      }
      most = Math.max(most, to - from + 1);
    }
    return most;
  }

  @ParameterizedTest
  @CsvSource({"6000, 3", "600, 10", "60000, 2", "6000, 40", "120, 3"})
  void manyExecutorsTogetherReachTheLimitAndKeepIt(long perMinute, int count) {
    requests(perMinute);
    IntStream.range(0, count).forEach(i -> executor(1_000_000));

    run(0, 60 * SECOND);

    assertThat((double) sent.size()).isBetween(0.97 * perMinute, 1.0 * perMinute + 1);
    assertThat(mostWithin(SECOND)).isLessThanOrEqualTo(2 * perMinute / 60 + 1);
  }

  @Test
  void aLonelyExecutorGetsWhatOthersDoNotWant() {
    requests(6_000);
    executor(150);
    executor(0);
    executor(1_000_000);

    run(0, 20 * SECOND);

    assertThat((double) sent.size()).isCloseTo(2_000, within(60.0));
  }

  @Test
  void theSlotsOfADeadExecutorAreNeverSpentTwice() {
    requests(6_000);
    executor(1_000_000);
    Executor victim = executor(1_000_000);
    executor(1_000_000);

    run(0, 5 * SECOND);
    victim.dead = true;
    int before = sent.size();
    run(5 * SECOND, 15 * SECOND);

    assertThat((double) sent.size() - before).isBetween(950.0, 1_000.0);
    assertThat(mostWithin(SECOND)).isLessThanOrEqualTo(200);
  }

  @Test
  void tokensHoldAcrossExecutorsWhateverTheCallsTurnOutToUse() {
    limits = List.of(new RateLimits(null, 60_000L));
    charge = 40;
    spread = 20;
    executor(1_000_000);
    executor(1_000_000);

    run(0, 30 * SECOND);

    // What was granted ahead for the next 400 ms counts already.
    double used = tokens.stream().mapToLong(Long::longValue).sum();
    assertThat(used).isBetween(0.97 * 30_000, 30_000 + 400.0);
  }

  @Test
  void aRequestLargerThanTheHorizonGoesAndIsPaidOff() {
    limits = List.of(new RateLimits(null, 6_000L));
    charge = 500;
    executor(1_000);

    run(0, 61 * SECOND);

    assertThat(sent).hasSizeBetween(12, 13);
  }

  @Test
  void theLowestNamedLimitHoldsAsLongAsItsTasksRun() {
    requests(6_000);
    executor(1_000_000);
    run(0, SECOND);
    assertThat(driver.limitsDiffer()).isFalse();

    driver.ask("low", List.of(new RateLimits(60L, null)), Demand.NONE, Observed.NOTHING, SECOND);
    assertThat(driver.requestLimit()).isEqualTo(new EffectiveLimit(60, LimitSource.OPTION));
    assertThat(driver.limitsDiffer()).isTrue();

    driver.ask("low", List.of(), Demand.NONE, Observed.NOTHING, SECOND);
    assertThat(driver.requestLimit()).isEqualTo(new EffectiveLimit(6_000, LimitSource.OPTION));
  }

  @Test
  void anExecutorThatIsNotHeardOfNamesNothing() {
    driver.ask("low", List.of(new RateLimits(60L, null)), Demand.NONE, Observed.NOTHING, 0);
    requests(6_000);
    executor(1);
    run(0, 3 * SECOND);

    assertThat(driver.requestLimit().perMinute()).isEqualTo(6_000);
  }

  @Test
  void whereNoLimitIsKnownNothingIsPaced() {
    Executor e = executor(50_000);
    run(0, 10 * MILLI);

    assertThat(e.queued).isZero();
  }

  @Test
  void aPauseHoldsEverybodyBack() {
    observed = new Observed(0, 0, false, 5 * SECOND, null, null);
    driver.ask("other", limits, Demand.NONE, observed, 0);
    observed = Observed.NOTHING;
    executor(1_000);
    run(0, 4 * SECOND);
    assertThat(sent).isEmpty();

    run(4 * SECOND, 6 * SECOND);
    assertThat(sent).hasSize(1_000);
  }

  @Test
  void headersSetTheLimitWhereNothingIsConfigured() {
    observed = headers(6_000, 10);
    executor(1_000_000);
    run(0, 10 * SECOND);

    assertThat(driver.requestLimit().source()).isEqualTo(LimitSource.HEADER);
    assertThat((double) sent.size()).isBetween(900.0, 1_000.0);
  }

  @Test
  void headersNeverRaiseNorLowerAConfiguredLimit() {
    observed = headers(600_000, 10);
    requests(6_000);
    executor(1);
    run(0, SECOND);
    assertThat(driver.requestLimit()).isEqualTo(new EffectiveLimit(6_000, LimitSource.OPTION));
  }

  @ParameterizedTest
  @CsvSource({"12000", "3000"})
  void aChangedLimitIsFollowedWithinHalfAMinute(long changed) {
    observed = headers(6_000, 10);
    executor(10_000_000);
    run(0, 5 * SECOND);
    observed = headers(changed, 10);
    run(5 * SECOND, 35 * SECOND);

    assertThat(driver.requestLimit().perMinute())
        .isCloseTo((double) changed, within(0.05 * changed));
  }

  @Test
  void aDaysLimitPacesNothingBeforeItRunsOut() {
    // 10,000 a day; 10 used, which come back within 86.4 s.
    observed = new Observed(1, 0, false, 0, new HeaderLimit(10_000, 9_990, 86_400 * MILLI), null);
    executor(1);
    run(0, SECOND);
    assertThat(driver.requestLimit()).isNull();

    observed =
        new Observed(1, 0, false, 0, new HeaderLimit(10_000, 100, 9_900 * 8_640 * MILLI), null);
    run(SECOND, 2 * SECOND);
    assertThat(driver.requestLimit().perMinute()).isCloseTo(6.94, within(0.3));
  }

  @Test
  void roundedResetsAreNotTakenForAnotherLimit() {
    // 100,000 a minute is one in 0.6 ms, which services round up to 1 ms.
    observed = new Observed(1, 0, false, 0, new HeaderLimit(100_000, 99_999, MILLI), null);
    executor(1);
    run(0, SECOND);

    assertThat(driver.requestLimit().perMinute()).isCloseTo(100_000, within(5_000.0));
  }

  @Test
  void refusalsAloneTeachARateBelowWhatTheServiceAnswers() {
    long accepted = 0;
    long refused = 0;
    double bucket = 100;
    Executor e = executor(1_000_000);
    for (long now = 0; now < 60 * SECOND; now += 100 * MILLI) {
      int before = sent.size();
      run(now, now + 100 * MILLI);
      long calls = Math.min(64, sent.size() - before);
      e.queued = 64;
      bucket = Math.min(100, bucket + 10);
      long ok = Math.min(calls, (long) bucket);
      bucket -= ok;
      accepted += ok;
      refused += calls - ok;
      observed = new Observed(ok, calls - ok, false, 0, null, null);
    }

    assertThat(refused).isPositive().isLessThan(accepted / 20);
    assertThat((double) accepted).isGreaterThan(0.75 * 6_000);
    assertThat(driver.requestLimit().source()).isEqualTo(LimitSource.LEARNED);
  }

  @Test
  void aServiceThatRefusesByChanceIsNotAskedEverMoreSlowly() {
    long answered = 0;
    Executor e = executor(1_000_000);
    for (long now = 0; now < 120 * SECOND; now += 100 * MILLI) {
      int before = sent.size();
      run(now, now + 100 * MILLI);
      int calls = Math.min(64, sent.size() - before);
      e.queued = 64;
      long ok = IntStream.range(0, calls).filter(i -> random.nextInt(10) > 0).count();
      answered += ok;
      observed = new Observed(ok, calls - ok, false, 0, null, null);
    }

    // Without any limit it would be 64 calls in each of 1,200 steps, nine tenths of them answered.
    assertThat((double) answered).isGreaterThan(0.5 * 64 * 1_200);
  }

  @Test
  void slowDownHoldsGrowthForMinutes() {
    requests(6_000);
    executor(1_000_000);
    run(0, 3 * SECOND);
    observed = new Observed(300, 30, true, 0, null, null);
    run(3 * SECOND, 3 * SECOND + 150 * MILLI);
    observed = new Observed(10, 0, false, 0, null, null);
    run(3 * SECOND + 150 * MILLI, 5 * SECOND);
    double cut = driver.requestLimit().perMinute();
    run(5 * SECOND, 60 * SECOND);

    assertThat(driver.requestLimit()).isEqualTo(new EffectiveLimit(cut, LimitSource.LEARNED));
  }

  private static Observed headers(long limit, long used) {
    long reset = used * 60 * SECOND / limit;
    return new Observed(used, 0, false, 0, new HeaderLimit(limit, limit - used, reset), null);
  }
}

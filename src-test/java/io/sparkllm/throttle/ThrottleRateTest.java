package io.sparkllm.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ThrottleRateTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;
  private static final long ASK = 100 * MILLI;

  private final ThrottleRate rate = new ThrottleRate(0);
  private long now;

  /** So many answers and refusals with each ask, for a time. */
  private void see(long accepted, long throttled, long nanos) {
    for (long until = now + nanos; now < until; now += ASK) {
      rate.observe(new Observed(accepted, throttled, false, 0, null, null), 0, now);
    }
  }

  private void slowDown(double known) {
    rate.observe(new Observed(10, 1, true, 0, null, null), known, now);
    now += ASK;
  }

  @Test
  void learnsNothingWhereNothingIsRefused() {
    see(100, 0, 60 * SECOND);

    assertThat(rate.perMinute()).isZero();
  }

  @Test
  void learnsNothingFromASingleRefusal() {
    see(10, 0, 5 * SECOND);
    see(9, 1, ASK);
    see(10, 0, 5 * SECOND);

    assertThat(rate.perMinute()).isZero();
  }

  @Test
  void learnsNothingFromTheRefusalsOfAFewCalls() {
    see(0, 1, 3 * ASK);

    assertThat(rate.perMinute()).isZero();
  }

  @Test
  void aWallCutsAtOnceToWellBelowWhatWasAnswered() {
    see(10, 0, 2 * SECOND);
    see(10, 10, ASK);

    assertThat(rate.perMinute()).isCloseTo(3_000, within(500.0));
  }

  @Test
  void refusalsOfOneMomentCutOnce() {
    see(10, 0, 2 * SECOND);
    see(10, 10, ASK);
    double cut = rate.perMinute();
    see(5, 10, SECOND);

    assertThat(rate.perMinute()).isEqualTo(cut);
  }

  @Test
  void fewRefusalsAmongManyAnswersCutAfterASecond() {
    see(20, 1, SECOND);
    assertThat(rate.perMinute()).isZero();
    see(20, 1, ASK);

    assertThat(rate.perMinute()).isPositive();
  }

  @Test
  void growsWhileItIsUsed() {
    see(10, 0, 2 * SECOND);
    see(10, 10, ASK);
    double cut = rate.perMinute();
    see(6, 0, 10 * SECOND);

    assertThat(rate.perMinute()).isGreaterThan(1.2 * cut);
  }

  @Test
  void doesNotGrowWhileItIsNotUsed() {
    see(10, 0, 2 * SECOND);
    see(10, 10, ASK);
    double cut = rate.perMinute();
    see(1, 0, 600 * SECOND);

    assertThat(rate.perMinute()).isEqualTo(cut);
  }

  @Test
  void slowDownCutsAndHoldsGrowthForTwoMinutes() {
    see(10, 0, 2 * SECOND);
    slowDown(0);
    double cut = rate.perMinute();
    assertThat(cut).isPositive();
    see(10, 0, 115 * SECOND);
    assertThat(rate.perMinute()).isEqualTo(cut);
    see(10, 0, 15 * SECOND);

    assertThat(rate.perMinute()).isGreaterThan(cut);
  }

  @Test
  void slowDownOfManyCallsCutsOnce() {
    see(10, 0, 2 * SECOND);
    slowDown(0);
    double cut = rate.perMinute();
    for (int i = 0; i < 10; i++) {
      slowDown(0);
    }

    assertThat(rate.perMinute()).isEqualTo(cut);
  }

  @Test
  void cutsAKnownLimitByHalfAtMost() {
    slowDown(6_000);

    assertThat(rate.perMinute()).isBetween(3_000.0, 6_000.0);
  }

  @Test
  void oneCallASecondIsAlwaysLeft() {
    for (int i = 0; i < 100; i++) {
      slowDown(0);
      see(0, 0, 5 * SECOND);
    }

    assertThat(rate.perMinute()).isEqualTo(60);
  }

  @Test
  void aCutThatDidNotHelpIsTakenBack() {
    // One in ten is refused, at whatever rate.
    see(18, 2, SECOND);
    double first = rate.perMinute();
    see(18, 2, 3 * SECOND);

    assertThat(first).isPositive();
    assertThat(rate.perMinute()).isZero();
  }
}

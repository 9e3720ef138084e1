package io.sparkllm.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacedClockTest {
  private static final long SECOND = 1_000_000_000L;

  /** 600 a minute: one every 100 ms. */
  private static PacedClock tenPerSecond(long now) {
    return new PacedClock(600, now);
  }

  /** How many of one unit each may be spent at one moment. */
  private static int spendAll(PacedClock clock, long now) {
    int spent = 0;
    while (clock.waitNanos(now) == 0 && spent < 1_000_000) {
      clock.spend(1, now);
      spent++;
    }
    return spent;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -5 * SECOND, Long.MIN_VALUE / 4, 123_456_789_012_345L})
  void givesNoCreditAtTheStart(long now) {
    assertThat(spendAll(tenPerSecond(now), now)).isEqualTo(1);
  }

  @Test
  void spacesSpendingsEvenly() {
    PacedClock clock = tenPerSecond(0);
    clock.spend(1, 0);

    assertThat(clock.waitNanos(30_000_000)).isEqualTo(70_000_000);
  }

  @Test
  void letsTheNextGoExactlyWhenItSaid() {
    PacedClock clock = tenPerSecond(0);
    clock.spend(1, 0);

    assertThat(clock.waitNanos(clock.waitNanos(0))).isZero();
  }

  @Test
  void makesALargeSpendingWaitedForAfterwards() {
    PacedClock clock = tenPerSecond(0);
    clock.spend(50, 0);

    assertThat(clock.waitNanos(0)).isEqualTo(5 * SECOND);
  }

  @Test
  void givesLittleCreditAfterIdlingForLong() {
    PacedClock clock = tenPerSecond(0);
    clock.spend(1, 0);

    // Four of what passed unused, and the one that is due now.
    assertThat(spendAll(clock, 3_600 * SECOND)).isEqualTo(5);
  }

  @Test
  void givesLessCreditAfterIdlingLess() {
    PacedClock clock = tenPerSecond(0);
    clock.spend(1, 0);

    assertThat(spendAll(clock, 300_000_000)).isEqualTo(3);
  }

  @Test
  void neverSpendsMoreThanTheRateAndItsCredit() {
    PacedClock clock = tenPerSecond(0);
    int spent = 0;
    for (long now = 0; now < 60 * SECOND; now += 7_000_000) {
      spent += spendAll(clock, now);
    }

    assertThat(spent).isBetween(599, 600);
  }

  @Test
  void givesRefundsBack() {
    PacedClock clock = tenPerSecond(0);
    clock.spend(50, 0);
    clock.refund(40);

    assertThat(clock.waitNanos(0)).isEqualTo(SECOND);
  }

  @Test
  void chargesWhatWasUsedBeyondTheEstimate() {
    PacedClock clock = tenPerSecond(0);
    clock.spend(10, 0);
    clock.refund(-5);

    assertThat(clock.waitNanos(0)).isEqualTo(1_500_000_000L);
  }

  @Test
  void turnsNoRefundIntoMoreThanTheCredit() {
    PacedClock clock = tenPerSecond(0);
    clock.spend(1, 0);
    clock.refund(1_000_000);

    assertThat(spendAll(clock, 0)).isEqualTo(5);
  }

  @Test
  void aDebtShrinksWhenTheRateIsRaised() {
    PacedClock clock = new PacedClock(1000, 0);
    clock.spend(60_000, 0);
    clock.rate(2_000_000, 0);

    assertThat(clock.waitNanos(0)).isBetween(1_800_000_000L, 1_800_000_001L);
  }

  @Test
  void pacesByANewRateFromNowOn() {
    PacedClock clock = tenPerSecond(0);
    clock.spend(1, 0);
    clock.rate(60, 100_000_000);
    clock.spend(1, 100_000_000);

    assertThat(clock.waitNanos(100_000_000)).isEqualTo(SECOND);
  }
}

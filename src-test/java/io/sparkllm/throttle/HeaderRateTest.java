package io.sparkllm.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderRateTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;

  /** Somewhat below the limit. */
  private static final double SAFETY = 0.97;

  private final HeaderRate rate = new HeaderRate();

  /** A bucket that is refilled evenly over a period. */
  private static HeaderLimit refilled(long limit, long used, long periodNanos) {
    return new HeaderLimit(limit, limit - used, (long) ((double) used / limit * periodNanos));
  }

  private double after(HeaderLimit seen, long now) {
    rate.observe(seen, now);
    return rate.perMinute();
  }

  @Test
  void knowsNothingAtFirst() {
    assertThat(rate.perMinute()).isZero();
  }

  @Test
  void takesALimitPerMinuteForWhatItSays() {
    assertThat(after(refilled(6_000, 10, 60 * SECOND), 0)).isEqualTo(6_000 * SAFETY);
  }

  @ParameterizedTest
  @CsvSource({"31", "45", "60", "90", "129"})
  void takesWhatIsAboutAMinuteForOne(long seconds) {
    // Resets are rounded, and what is in flight is counted or not.
    assertThat(after(refilled(6_000, 100, seconds * SECOND), 0)).isEqualTo(6_000 * SAFETY);
  }

  @Test
  void takesALimitPerSecondTimesSixty() {
    assertThat(after(refilled(50, 20, SECOND), 0)).isCloseTo(3_000 * SAFETY, within(1.0));
  }

  @Test
  void takesAnUsedUpWindowForItsWholeLength() {
    assertThat(after(new HeaderLimit(3, 0, 60 * SECOND), 0)).isEqualTo(3 * SAFETY);
  }

  @Test
  void fallsAtOnce() {
    after(refilled(6_000, 10, 60 * SECOND), 0);

    assertThat(after(refilled(600, 10, 60 * SECOND), 1)).isEqualTo(600 * SAFETY);
  }

  @Test
  void risesSlowly() {
    after(refilled(600, 10, 60 * SECOND), 0);

    assertThat(after(refilled(6_000, 10, 60 * SECOND), SECOND))
        .isCloseTo(600 * SAFETY * 1.05, within(0.01));
  }

  @Test
  void risesBySoMuchASecondHoweverOftenItIsSeen() {
    after(refilled(600, 10, 60 * SECOND), 0);
    for (long now = 10 * MILLI; now <= 10 * SECOND; now += 10 * MILLI) {
      after(refilled(6_000, 10, 60 * SECOND), now);
    }

    assertThat(rate.perMinute()).isCloseTo(600 * SAFETY * Math.pow(1.05, 10), within(1.0));
  }

  @Test
  void risesNoHigherThanTheHeadersSay() {
    after(refilled(600, 10, 60 * SECOND), 0);

    assertThat(after(refilled(1_200, 10, 60 * SECOND), 3_600 * SECOND)).isEqualTo(1_200 * SAFETY);
  }

  @Test
  void aDaysLimitIsNoRateAsLongAsMuchOfItIsLeft() {
    assertThat(after(refilled(10_000, 5_000, 86_400 * SECOND), 0)).isZero();
  }

  @Test
  void aDaysLimitIsARateOnceLittleOfItIsLeft() {
    assertThat(after(refilled(10_000, 9_900, 86_400 * SECOND), 0))
        .isCloseTo(10_000 * SAFETY / 1_440, within(0.01));
  }

  @Test
  void aDaysLimitIsForgottenOnceMuchOfItIsLeftAgain() {
    after(refilled(10_000, 9_900, 86_400 * SECOND), 0);

    assertThat(after(refilled(10_000, 10, 86_400 * SECOND), 1)).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "100, 200, 1000000", // more left than there is
    "0, 0, 1000000",
    "-5, -10, 1000000",
    "100, -1, 1000000",
    "100, 100, 1000000", // nothing used
    "100, 50, 0",
    "100, 50, -1000000",
    "-9223372036854775808, 9223372036854775807, 1000000",
    "9223372036854775807, -9223372036854775808, 1000000",
  })
  void learnsNothingFromWhatMakesNoSense(long limit, long remaining, long reset) {
    after(refilled(6_000, 10, 60 * SECOND), 0);

    assertThat(after(new HeaderLimit(limit, remaining, reset), 1)).isEqualTo(6_000 * SAFETY);
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, 0, 9223372036854775807",
    "9223372036854775807, 9223372036854775806, 1",
    "1, 0, 9223372036854775807",
    "1, 0, 1",
  })
  void isAlwaysANumber(long limit, long remaining, long reset) {
    assertThat(after(new HeaderLimit(limit, remaining, reset), 0)).isNotNegative().isFinite();
  }

  @ParameterizedTest
  @CsvSource({"6000, 1", "600, 2", "6000, 40"})
  void aResetThatIsRoundedUpToASecondDoesNotMakeAMinutesLimitADaysOne(long limit, long used) {
    after(refilled(limit, limit, 60 * SECOND), 0);

    assertThat(after(new HeaderLimit(limit, limit - used, SECOND), 1)).isEqualTo(limit * SAFETY);
  }

  @Test
  void aWindowThatBeganJustNowIsNotTakenForADaysLimit() {
    // Counted from one full minute to the next: 50 s are left with half of it used, then 59 s
    // with nearly nothing used.
    after(new HeaderLimit(600, 300, 50 * SECOND), 0);

    assertThat(after(new HeaderLimit(600, 599, 59 * SECOND), 51 * SECOND)).isEqualTo(600 * SAFETY);
  }

  @Test
  void aResetThatIsRoundedUpToAMillisecondDoesNotMakeAMinutesLimitADaysOne() {
    // One of ten million a minute is back after 6 microseconds, which services round up.
    after(refilled(10_000_000, 5_000, 60 * SECOND), 0);

    assertThat(after(new HeaderLimit(10_000_000, 9_999_999, MILLI), 1))
        .isEqualTo(10_000_000 * SAFETY);
  }
}

package io.sparkllm.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CallTimesTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void anEvenPaceHasItsRateAndNoMoreInAnyWindow() {
    CallTimes even = calls(LongStream.rangeClosed(0, 2_000).map(i -> i * 10).toArray());

    assertThat(even.perSecond()).isEqualTo(100.0);
    assertThat(even.mostIn(SECOND)).isEqualTo(100);
    assertThat(even.mostIn(Duration.ofMinutes(1))).isEqualTo(2_001);
  }

  @Test
  void aBurstAcrossTheTurnOfASecondIsFound() {
    CallTimes burst = calls(0, 900, 950, 1_000, 1_050, 1_899, 3_000);

    assertThat(burst.mostIn(SECOND)).isEqualTo(5);
    assertThat(burst.mostIn(Duration.ofMillis(100))).isEqualTo(2);
  }

  @Test
  void aWindowDoesNotHoldItsEnd() {
    assertThat(calls(0, 1_000).mostIn(SECOND)).isEqualTo(1);
    assertThat(calls(0, 999).mostIn(SECOND)).isEqualTo(2);
  }

  @Test
  void amountsCountRatherThanCallsInWhateverOrderTheyCame() {
    CallTimes tokens =
        CallTimes.of(
            List.of(
                new CallTimes.At(2_500, 30), new CallTimes.At(0, 100), new CallTimes.At(2_000, 5)));

    assertThat(tokens.mostIn(SECOND)).isEqualTo(100);
    assertThat(tokens.amount()).isEqualTo(135);
    // The first paid for what it took itself.
    assertThat(tokens.perSecond()).isCloseTo(14, within(1e-9));
    assertThat(tokens.between(2_000, 2_500).amount()).isEqualTo(5);
  }

  @Test
  void tooFewCallsHaveNoRate() {
    assertThat(calls().perSecond()).isZero();
    assertThat(calls().mostIn(SECOND)).isZero();
    assertThat(calls(5).perSecond()).isZero();
  }

  private static CallTimes calls(long... epochMs) {
    return CallTimes.of(LongStream.of(epochMs).mapToObj(ms -> new CallTimes.At(ms, 1)).toList());
  }
}

package io.sparkllm.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Failure;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.Outcome;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryPolicyTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private static Failure failure(Reaction reaction, Duration hint) {
    return new Failure(Outcome.Failed.of(ErrorType.SERVER, null, "x"), reaction, hint);
  }

  private static Optional<Duration> next(
      double random, Reaction reaction, Duration hint, int attempts, int throttles) {
    return new RetryPolicy(8, () -> random)
        .next(failure(reaction, hint), attempts, throttles, HOUR);
  }

  @ParameterizedTest
  @CsvSource({"1, PT1S", "2, PT2S", "3, PT4S", "6, PT30S", "60, PT30S"})
  void waitsLongerForRoomInATierThanForARateLimit(int refusals, Duration wait) {
    assertThat(next(0.5, Reaction.CAPACITY, null, 100, refusals)).contains(wait);
  }

  @ParameterizedTest
  @EnumSource(
      value = Reaction.class,
      names = {"ROW", "SUSPECT", "FATAL"})
  void endsARowThatWouldFailAgain(Reaction reaction) {
    assertThat(next(0.5, reaction, Duration.ofSeconds(1), 1, 1)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1, PT0.25S", "2, PT0.5S", "3, PT1S", "6, PT8S", "7, PT15S"})
  void doublesTheWaitUpToABound(int attempts, Duration wait) {
    assertThat(next(0.5, Reaction.RETRY, null, attempts, 0)).contains(wait);
  }

  @ParameterizedTest
  @CsvSource({"0.0, PT0S", "0.25, PT1S", "0.75, PT3S"})
  void spreadsTheWaitFromZeroOn(double random, Duration wait) {
    assertThat(next(random, Reaction.RETRY, null, 4, 0)).contains(wait);
  }

  @Test
  void endsAfterTheLastAttempt() {
    assertThat(next(0.5, Reaction.RETRY, null, 8, 0)).isEmpty();
  }

  @Test
  void countsNoThrottleAsAnAttempt() {
    assertThat(next(0.5, Reaction.THROTTLE, null, 0, 1_000)).contains(Duration.ofSeconds(2));
  }

  @ParameterizedTest
  @CsvSource({"0.0, PT10S", "0.5, PT10.5S"})
  void waitsALittleMoreThanTheServiceAsks(double random, Duration wait) {
    assertThat(next(random, Reaction.THROTTLE, Duration.ofSeconds(10), 0, 1)).contains(wait);
  }

  @Test
  void obeysAShortWaitThatIsLongerThanTheBackoff() {
    assertThat(next(0.0, Reaction.THROTTLE, Duration.ofMillis(20), 0, 5))
        .contains(Duration.ofMillis(20));
  }

  @ParameterizedTest
  @CsvSource({"RETRY, PT8S", "THROTTLE, PT2S"})
  void waitsTheLongerOfBackoffAndHint(Reaction reaction, Duration wait) {
    assertThat(next(0.5, reaction, Duration.ofMillis(20), 6, 6)).contains(wait);
  }

  @Test
  void takesAHintOfZeroForNone() {
    assertThat(next(0.5, Reaction.THROTTLE, Duration.ZERO, 0, 3)).contains(Duration.ofSeconds(1));
  }

  @Test
  void endsARowWhoseTimeIsShorterThanTheWait() {
    assertThat(
            new RetryPolicy(8, () -> 0.0)
                .next(
                    failure(Reaction.THROTTLE, Duration.ofSeconds(10)),
                    0,
                    1,
                    Duration.ofSeconds(10)))
        .isEmpty();
  }

  @Test
  void endsARowWithoutTimeLeft() {
    assertThat(
            new RetryPolicy(8, () -> 0.0)
                .next(failure(Reaction.RETRY, null), 1, 0, Duration.ofMillis(-1)))
        .isEmpty();
  }
}

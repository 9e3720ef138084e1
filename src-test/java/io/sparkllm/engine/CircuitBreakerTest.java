package io.sparkllm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.coordination.FatalCause;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CircuitBreakerTest {
  private static FatalCause cause(String code) {
    return new FatalCause(ErrorType.AUTH, code, "message", false);
  }

  private final CircuitBreaker breaker = new CircuitBreaker();

  private boolean suspectTimes(int n) {
    return IntStream.range(0, n).mapToObj(i -> breaker.suspect()).reduce(false, Boolean::logicalOr);
  }

  @Test
  void startsClosed() {
    assertThat(breaker.cause()).isNull();
  }

  @Test
  void keepsItsFirstCause() {
    breaker.open(cause("first"));
    breaker.open(cause("second"));

    assertThat(breaker.cause().code()).isEqualTo("first");
  }

  @Test
  void tellsWhoOpenedIt() {
    assertThat(breaker.open(cause("first"))).isTrue();
    assertThat(breaker.open(cause("second"))).isFalse();
  }

  @Test
  void toleratesFewSuspects() {
    assertThat(suspectTimes(CircuitBreaker.SUSPECTS - 1)).isFalse();
  }

  @Test
  void tellsWhenThereAreTooManySuspects() {
    assertThat(suspectTimes(CircuitBreaker.SUSPECTS)).isTrue();
  }

  @Test
  void forgetsSuspectsOnASuccess() {
    suspectTimes(CircuitBreaker.SUSPECTS - 1);
    breaker.succeeded();

    assertThat(suspectTimes(CircuitBreaker.SUSPECTS - 1)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(ErrorType.class)
  void tellsPlaceProblemAndCureOnOneLine(ErrorType type) {
    Outcome.Failed error = Outcome.Failed.of(type, null, "It broke.");

    assertThat(FatalCause.of(error, "http://h/v1", "m", true).message())
        .startsWith("Stopped calling http://h/v1 (model m): " + type.wireName() + ": It broke. ")
        .endsWith(", then run again")
        .doesNotContain("\n");
  }

  @Test
  void tellsRowsThatWereNotAskedWhy() {
    assertThat(cause("invalid_api_key").notAttempted())
        .isEqualTo(
            Outcome.Failed.of(ErrorType.NOT_ATTEMPTED, "invalid_api_key", "Not asked. message"));
  }

  @Test
  void takesFarMoreOnceTheServiceHasAnswered() {
    breaker.succeeded();

    assertThat(suspectTimes(CircuitBreaker.LATER_SUSPECTS - 1)).isFalse();
    assertThat(breaker.suspect()).isTrue();
  }
}

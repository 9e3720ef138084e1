package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.EndpointProcess;
import io.sparkllm.testing.ForkedSpark.Finished;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Contract 5 for tokens, which are known only once the answer is there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenLimitTest {
  private final EndpointProcess upFront =
      EndpointProcess.start(Paced.script("\"tokensPerMinute\": " + LimitRuns.TOKENS_PER_MINUTE));
  private final EndpointProcess used =
      EndpointProcess.start(
          Paced.script(
              "\"charge\": \"used\", \"tokensPerMinute\": " + LimitRuns.USED_TOKENS_PER_MINUTE));

  private Finished finished;

  @BeforeAll
  void runAllScenarios() {
    finished = LimitRuns.of("maxTokens=" + upFront.url(), "usedTokens=" + used.url()).run();
    assertThat(finished.exitCode()).as(finished.err()).isZero();
  }

  @AfterAll
  void close() {
    Stream.of(upFront, used).forEach(EndpointProcess::close);
  }

  @Test
  void whatTheServiceChargesUpFrontKeepsToTheLimitAndUsesIt() {
    Paced paced = Paced.byTokens("maxTokens", upFront, LimitRuns.TOKENS_PER_MINUTE);

    assertThat(LimitRuns.told(finished, "maxTokens"))
        .isEqualTo("1500 rows, 1500 of them different, 1500 right");
    paced.assertHeld();
    assertThat(paced.percentUsed()).isGreaterThanOrEqualTo(95);
  }

  @Test
  void whatAnswersUseKeepsToTheLimitAndUsesItWhereNoLengthIsSet() {
    Paced paced = Paced.byTokens("usedTokens", used, LimitRuns.USED_TOKENS_PER_MINUTE);

    assertThat(LimitRuns.told(finished, "usedTokens"))
        .isEqualTo("2000 rows, 2000 of them different, 2000 right");
    paced.assertHeld();
    assertThat(paced.percentUsed()).isGreaterThanOrEqualTo(95);
  }
}

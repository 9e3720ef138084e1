package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.EndpointProcess;
import io.sparkllm.testing.ForkedSpark.Finished;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Where no limit is configured, it is learned: from headers, or from refusals alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LearnedLimitTest {
  private final EndpointProcess telling =
      EndpointProcess.start(Paced.script("\"requestsPerMinute\": " + LimitRuns.PER_MINUTE));
  private final EndpointProcess silent =
      EndpointProcess.start(
          Paced.script("\"headers\": false, \"requestsPerMinute\": " + LimitRuns.PER_MINUTE));

  private Finished finished;

  @BeforeAll
  void runAllScenarios() {
    finished = LimitRuns.of("refusals=" + silent.url(), "headers=" + telling.url()).run();
    assertThat(finished.exitCode()).as(finished.err()).isZero();
  }

  @AfterAll
  void close() {
    Stream.of(telling, silent).forEach(EndpointProcess::close);
  }

  @Test
  void theLimitThatHeadersTellIsUsedAndHardlyHit() {
    Paced paced = Paced.byRequests("headers", telling, LimitRuns.PER_MINUTE);

    assertAllRight("headers");
    assertThat(paced.percentUsed()).isGreaterThanOrEqualTo(90);
    assertThat(paced.percentRefused()).isLessThanOrEqualTo(1);
  }

  @Test
  void aLimitThatNobodyTellsIsHitRarelyAndAnswersAllRows() {
    Paced paced = Paced.byRequests("refusals", silent, LimitRuns.PER_MINUTE);

    assertAllRight("refusals");
    assertThat(paced.percentRefused()).isLessThanOrEqualTo(5);
  }

  private void assertAllRight(String scenario) {
    assertThat(LimitRuns.told(finished, scenario))
        .isEqualTo("2500 rows, 2500 of them different, 2500 right");
  }
}

package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.CallTimes;
import io.sparkllm.testing.EndpointProcess;
import io.sparkllm.testing.ForkedSpark.Finished;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Contracts 5 and 3 across executors: the requests of the whole application keep to the limit and
 * use it, and a fatal cause stops them everywhere at once.
 */
@Tag("smoke")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RateLimitTest {
  private static final int LATENCY_MS = 100;
  private static final String NO_QUOTA =
      "{\"latencyMs\": 100, \"recordTimes\": true, \"faults\": [{\"after\": 501, %s \"kind\":"
          + " \"quota\"}]}";

  /** Only the rows of the first partition meet the fault. */
  private static final String NO_QUOTA_FOR_ONE = NO_QUOTA.formatted("\"contains\": \"poor\",");

  private final EndpointProcess requests =
      EndpointProcess.start(Paced.script("\"requestsPerMinute\": " + LimitRuns.PER_MINUTE));
  private final EndpointProcess quota = EndpointProcess.start(NO_QUOTA.formatted(""));
  private final EndpointProcess quotaOfOne = EndpointProcess.start(NO_QUOTA_FOR_ONE);
  private final EndpointProcess quotaInColumn = EndpointProcess.start(NO_QUOTA_FOR_ONE);

  private Finished finished;

  @BeforeAll
  void runAllScenarios() {
    finished =
        LimitRuns.of(
                "requests=" + requests.url(),
                "quota=" + quota.url(),
                "quotaOfOne=" + quotaOfOne.url(),
                "quotaInColumn=" + quotaInColumn.url())
            .run();
    assertThat(finished.exitCode()).as(finished.err()).isZero();
  }

  @AfterAll
  void close() {
    Stream.of(requests, quota, quotaOfOne, quotaInColumn).forEach(EndpointProcess::close);
  }

  @Test
  void allExecutorsTogetherKeepToTheLimitOfRequestsAndUseIt() {
    Paced paced = Paced.byRequests("requests", requests, LimitRuns.PER_MINUTE);

    assertThat(LimitRuns.told(finished, "requests"))
        .isEqualTo("2000 rows, 2000 of them different, 2000 right");
    paced.assertHeld();
    assertThat(paced.percentUsed()).isGreaterThanOrEqualTo(95);
  }

  @Test
  void anEmptyQuotaStopsAllExecutorsWithinASecond() {
    assertStoppedInTime("quota", quota);
  }

  @ParameterizedTest
  @ValueSource(strings = {"quotaOfOne", "quotaInColumn"})
  void aFatalCauseThatOneExecutorMeetsStopsTheOthersToo(String scenario) {
    assertStoppedInTime(scenario, scenario.equals("quotaOfOne") ? quotaOfOne : quotaInColumn);
  }

  @ParameterizedTest
  @ValueSource(strings = {"quota", "quotaOfOne"})
  void aFatalCauseIsToldOnceAndSparkRetriesNoTask(String scenario) {
    assertThat(LimitRuns.told(finished, scenario)).contains("Stopped calling ", "quota");
    assertThat(LimitRuns.told(finished, scenario + "Told")).isEqualTo("1 times");
    assertThat(LimitRuns.told(finished, scenario + "Retries")).isEqualTo("0 tasks");
  }

  @Test
  void rowsOfOtherExecutorsGetTheCauseWhereTheColumnIsAskedFor() {
    assertThat(LimitRuns.told(finished, "quotaInColumn"))
        .isEqualTo("30000 rows, 30000 with answer or error, few asked");
  }

  private static void assertStoppedInTime(String scenario, EndpointProcess endpoint) {
    CallTimes refused = endpoint.refused(429);
    long told = refused.firstMs() + LATENCY_MS;
    long last = Math.max(refused.lastMs(), endpoint.requests().lastMs());
    System.out.printf(
        "%s: last call %d ms after the first answer that told it, %d calls after that answer%n",
        scenario,
        last - told,
        Stream.of(refused, endpoint.requests())
            .map(calls -> calls.between(told, Long.MAX_VALUE))
            .mapToLong(CallTimes::amount)
            .sum());
    assertThat(last - told).as("ms from the answer to the last call").isLessThanOrEqualTo(1_000);
  }
}

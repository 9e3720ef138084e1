package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.EndpointProcess;
import io.sparkllm.testing.ForkedSpark;
import io.sparkllm.testing.ForkedSpark.Finished;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Contract 5 where the users of a limit come and go: jobs side by side, and a lost executor. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedLimitTest {
  private static final String LIMIT =
      Paced.script("\"requestsPerMinute\": " + LimitRuns.PER_MINUTE);

  /** Rows of each of two jobs, in seconds of the limit less the one second's credit. */
  private static final double LEAST_SECONDS = 1_000 / LimitRuns.PER_SECOND - 1;

  private final EndpointProcess oneKey = EndpointProcess.start(LIMIT);

  /** Without a limit: it knows none for each key. */
  private final EndpointProcess twoKeys =
      EndpointProcess.start("{\"latencyMs\": 100, \"recordTimes\": true}");

  private final EndpointProcess lostExecutor = EndpointProcess.start(LIMIT);

  private Finished finished;

  @BeforeAll
  void runAllScenarios() {
    try (ForkedSpark spark =
        LimitRuns.of(
                "oneKey=" + oneKey.url(),
                "twoKeys=" + twoKeys.url(),
                "lostExecutor=" + lostExecutor.url())
            .start()) {
      spark.awaitOutput("twoKeysSecondSeconds: ");
      // A quarter of the rows: all three executors are at work.
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> lostExecutor.requests().amount() >= 500);
      spark.executors().get(0).destroyForcibly();
      finished = spark.await();
    }
    assertThat(finished.exitCode()).as(finished.err()).isZero();
  }

  @AfterAll
  void close() {
    Stream.of(oneKey, twoKeys, lostExecutor).forEach(EndpointProcess::close);
  }

  @Test
  void jobsWithTheSameKeyShareOneLimit() {
    Paced paced = Paced.byRequests("oneKey", oneKey, LimitRuns.PER_MINUTE);

    assertBothRight("oneKey");
    paced.assertHeld();
    assertThat(paced.percentUsed()).isGreaterThanOrEqualTo(95);
  }

  @Test
  void jobsWithKeysOfTheirOwnHaveALimitEach() {
    Paced paced = Paced.byRequests("twoKeys", twoKeys, 2.0 * LimitRuns.PER_MINUTE);
    double first = seconds("twoKeysFirst");
    double second = seconds("twoKeysSecond");
    System.out.printf(
        "twoKeys: %.1f s and %.1f s, each %.1f s at least%n", first, second, LEAST_SECONDS);

    assertBothRight("twoKeys");
    paced.assertHeld();
    // Of both limits: more than one and a half.
    assertThat(paced.percentUsed()).isGreaterThan(75);
    assertThat(Stream.of(first, second))
        .allSatisfy(took -> assertThat(took).isBetween(LEAST_SECONDS, 1.5 * (LEAST_SECONDS + 1)));
  }

  @Test
  void aKilledExecutorLeavesTheLimitToTheOthersAndItsRowsAreAsked() {
    Paced paced = Paced.byRequests("lostExecutor", lostExecutor, LimitRuns.PER_MINUTE);

    assertThat(finished.err()).contains("Lost executor");
    assertThat(LimitRuns.told(finished, "lostExecutor"))
        .isEqualTo("2000 rows, 2000 of them different, 2000 right");
    paced.assertHeld();
  }

  private void assertBothRight(String scenario) {
    for (String job : new String[] {"First", "Second"}) {
      assertThat(LimitRuns.told(finished, scenario + job))
          .isEqualTo("1000 rows, 1000 of them different, 1000 right");
    }
  }

  private double seconds(String job) {
    return Double.parseDouble(LimitRuns.told(finished, job + "Seconds"));
  }
}

package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.engine.ExecutorRegistry;
import io.sparkllm.local.EndpointStats;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract 8: what nobody waits for any more is given up at once, calls and threads alike. */
@SparkTest
@Tag("smoke")
@ExtendWith(LeakCheck.class)
class CancellationTest {
  /** Enough are answered for many calls at a time, which grow with answers. */
  private static final String STALLS = "{\"faults\": [{\"after\": 101, \"kind\": \"stall\"}]}";

  /** No row is answered before the test's limits. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private final SparkSession spark;
  private final Dataset<Row> input;

  CancellationTest(SparkSession spark) {
    this.spark = spark;
    this.input = spark.range(0, 1_000, 1, 4).selectExpr("id", "'row ' || id text");
  }

  @ParameterizedTest(name = "threads interrupted: {0}")
  @ValueSource(booleans = {false, true})
  void aCancelledJobGroupGivesItsCallsUp(boolean interrupt) {
    try (LocalEndpoint endpoint = Scripted.endpoint(STALLS)) {
      CompletableFuture<Void> job =
          CompletableFuture.runAsync(
              () -> {
                spark.sparkContext().setJobGroup("asking", "stalls", interrupt);
                Scripted.echo(endpoint).requestTimeout(LONG).transform(input).collectAsList();
              });
      long waiting = awaitCallsInFlight(endpoint);

      spark.sparkContext().cancelJobGroup("asking");

      assertGivenUp(endpoint, waiting);
      assertThat(job)
          .failsWithin(Duration.ofSeconds(10))
          .withThrowableOfType(ExecutionException.class)
          .withMessageContaining("cancelled");
    }
  }

  @Test
  void cancellingAllJobsGivesUpRowsThatWaitToBeAskedAgain() {
    try (LocalEndpoint endpoint =
        Scripted.endpoint("{\"faults\": [{\"kind\": \"throttle\", \"retryAfter\": 60}]}")) {
      CompletableFuture<Void> job =
          CompletableFuture.runAsync(
              () -> Scripted.echo(endpoint).transform(input).collectAsList());
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> endpoint.stats().requests() > 0 && ExecutorRegistry.callsInFlight() == 0);

      spark.sparkContext().cancelAllJobs();

      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(ExecutorRegistry.users()).isZero());
      assertThat(job)
          .failsWithin(Duration.ofSeconds(10))
          .withThrowableOfType(ExecutionException.class)
          .withMessageContaining("cancelled");
    }
  }

  @Test
  void anAbandonedIteratorGivesItsCallsUp() {
    // Rows 0 to 5 of the partition are answered, late enough that what was asked ahead of them has
    // arrived, which hangs.
    String script =
        "{\"latencyMs\": 500, \"faults\": [{\"contains\": \"row 6\", \"kind\": \"stall\"},"
            + " {\"contains\": \"row 7\", \"kind\": \"stall\"}]}";
    try (LocalEndpoint endpoint = Scripted.endpoint(script)) {
      assertThat(
              Scripted.echo(endpoint)
                  .requestTimeout(LONG)
                  .transform(input)
                  .limit(6)
                  .collectAsList())
          .hasSize(6);

      assertGivenUp(endpoint, 1);
    }
  }

  private static long awaitCallsInFlight(LocalEndpoint endpoint) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> endpoint.stats().inFlight() >= 8 && ExecutorRegistry.callsInFlight() >= 8);
    return endpoint.stats().inFlight();
  }

  private static void assertGivenUp(LocalEndpoint endpoint, long waiting) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              assertThat(ExecutorRegistry.callsInFlight()).isZero();
              EndpointStats stats = endpoint.stats();
              assertThat(stats.inFlight()).isZero();
              assertThat(stats.abandoned()).isGreaterThanOrEqualTo(waiting);
            });
  }
}

package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.CallCounts;
import io.sparkllm.RunMonitor;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.time.Duration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a monitor tells on {@code local[2]}; {@code ClusterTest} asks it across JVMs. */
@SparkTest
@ExtendWith(LeakCheck.class)
class RunMonitorTest {

  @Test
  void countsRowsErrorsCallsAndTokensOfItsOwnRun(SparkSession spark) {
    Dataset<Row> input = spark.range(0, 300, 1, 4).selectExpr("id", "'row ' || id || '.' text");
    String script =
        """
        {"faults": [{"contains": "row 7.", "status": 400},
                    {"contains": "row 8.", "times": 1, "status": 500}]}
        """;
    try (LocalEndpoint endpoint = Scripted.endpoint(script);
        RunMonitor monitor = new RunMonitor();
        RunMonitor other = new RunMonitor()) {
      Scripted.echo(endpoint).transform(input, monitor).collectAsList();
      Scripted.echo(endpoint).transform(input.limit(3), other).collectAsList();

      awaitRows(monitor, 300);
      awaitRows(other, 3);
      CallCounts counts = monitor.counts();
      assertThat(counts.errors()).isEqualTo(1);
      assertThat(counts.calls()).isEqualTo(301);
      assertThat(counts.retries()).isEqualTo(1);
      assertThat(counts.promptTokens() + other.counts().promptTokens())
          .isEqualTo(endpoint.stats().promptTokens());
      assertThat(counts.completionTokens()).isPositive();
    }
  }

  @Test
  void knowsNothingBeforeItsRunAndAfterItsClose(SparkSession spark) {
    Dataset<Row> input = spark.range(0, 5, 1, 1).selectExpr("id", "'row ' || id text");
    RunMonitor monitor = new RunMonitor();
    assertThat(monitor.counts()).isEqualTo(CallCounts.ZERO);
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Scripted.echo(endpoint).transform(input, monitor).collectAsList();
      awaitRows(monitor, 5);
    }

    monitor.close();

    assertThat(monitor.counts()).isEqualTo(CallCounts.ZERO);
  }

  private static void awaitRows(RunMonitor monitor, long rows) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(monitor.counts().rows()).isEqualTo(rows));
  }
}

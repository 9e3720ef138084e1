package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.Llm;
import io.sparkllm.RunMonitor;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import io.sparkllm.throttle.Waits;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import scala.Tuple2;

/** What a run waited for is what held it back: each bottleneck alone has most of the time. */
@SparkTest
@ExtendWith(LeakCheck.class)
class WaitsTest {
  private static final double MOST = 0.6;

  private final SparkSession spark;

  WaitsTest(SparkSession spark) {
    this.spark = spark;
  }

  @Test
  void aLimitOnRequestsIsWaitedForAsRateLimit() {
    assertMost(
        Waits::rateLimit, run("{\"latencyMs\": 100}", rows(30), llm -> llm.requestsPerMinute(600)));
  }

  @Test
  void aLimitOnTokensIsWaitedForAsRateLimit() {
    assertMost(
        Waits::rateLimit,
        run("{\"latencyMs\": 50}", rows(30), llm -> llm.maxTokens(100).tokensPerMinute(60_000)));
  }

  @Test
  void aLimitThatHeadersTellIsWaitedForAsRateLimit() {
    assertMost(
        Waits::rateLimit,
        run(
            "{\"latencyMs\": 100, \"rateLimit\": {\"requestsPerMinute\": 600}}",
            rows(60),
            UnaryOperator.identity()));
  }

  @Test
  void aPauseThatTheServiceAsksForIsWaitedForAsRateLimit() {
    String script =
        """
        {"faults": [{"contains": "row 20.", "times": 1, "kind": "throttle", "retryAfter": 2}]}
        """;

    assertMost(Waits::rateLimit, run(script, rows(21), UnaryOperator.identity()));
  }

  @Test
  void tooFewCallsAtATimeAreWaitedForAsConcurrency() {
    assertMost(
        Waits::concurrency, run("{\"latencyMs\": 300}", rows(30), llm -> llm.concurrency(2)));
  }

  @Test
  void callsThatStillGrowDoNotWaitForTheOption() {
    Waits waits = run("{\"latencyMs\": 300}", rows(60), UnaryOperator.identity());

    assertThat(waits.concurrency()).as("%s", waits).isZero();
    assertMost(Waits::answers, waits);
  }

  @Test
  void aStragglerAtTheEndIsWaitedForAsAnswers() {
    String script =
        """
        {"faults": [{"contains": "row 99.", "kind": "slow_body", "chunkBytes": 16,
                     "chunkDelayMs": 50}]}
        """;

    assertMost(Waits::answers, run(script, rows(100), UnaryOperator.identity()));
  }

  @Test
  void aFailingServiceIsWaitedForAsAnswers() {
    String script =
        """
        {"faults": [{"contains": "row 20.", "times": 1, "status": 503, "retryAfter": 1.5}]}
        """;

    assertMost(Waits::answers, run(script, rows(21), UnaryOperator.identity()));
  }

  @Test
  void slowlyReadRowsAreWaitedForAsRows() {
    Dataset<Row> slow =
        rows(50)
            .as(Encoders.tuple(Encoders.LONG(), Encoders.STRING()))
            .map(
                (MapFunction<Tuple2<Long, String>, Tuple2<Long, String>>)
                    row -> {
                      LockSupport.parkNanos(Duration.ofMillis(40).toNanos());
                      return row;
                    },
                Encoders.tuple(Encoders.LONG(), Encoders.STRING()))
            .toDF("id", "text");

    assertMost(Waits::rows, run("{\"latencyMs\": 200}", slow, UnaryOperator.identity()));
  }

  private Dataset<Row> rows(int amount) {
    return spark.range(0, amount, 1, 1).selectExpr("id", "'row ' || id || '.' text");
  }

  private static Waits run(String script, Dataset<Row> input, UnaryOperator<Llm> settings) {
    try (LocalEndpoint endpoint = Scripted.endpoint(script);
        RunMonitor monitor = new RunMonitor()) {
      Dataset<Row> answered = settings.apply(Scripted.echo(endpoint)).transform(input, monitor);
      long rows = answered.collectAsList().size();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(monitor.counts().rows()).isEqualTo(rows));
      return monitor.status().waits();
    }
  }

  private static void assertMost(ToLongFunction<Waits> part, Waits waits) {
    assertThat((double) part.applyAsLong(waits) / waits.total())
        .as("%s", waits)
        .isGreaterThan(MOST);
  }
}

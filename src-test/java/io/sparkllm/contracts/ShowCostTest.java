package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract 8: a look at a few rows of a large table costs a handful of calls. */
@SparkTest
@Tag("smoke")
@ExtendWith(LeakCheck.class)
class ShowCostTest {
  private final SparkSession spark;

  ShowCostTest(SparkSession spark) {
    this.spark = spark;
  }

  /** Answers come at once, or after a wait in which nothing else should be asked. */
  @ParameterizedTest(name = "latency {0} ms")
  @ValueSource(ints = {0, 100})
  void showingFiveRowsCostsAHandfulOfCalls(int latency) {
    assertCallsAtMost(16, latency, rows -> rows.show(5));
  }

  @Test
  void limitingToFiveRowsCostsAHandfulOfCalls() {
    assertCallsAtMost(16, 0, rows -> assertThat(rows.limit(5).collectAsList()).hasSize(5));
  }

  @Test
  void takingOneRowCostsAHandfulOfCalls() {
    assertCallsAtMost(16, 0, rows -> assertThat(rows.takeAsList(1)).hasSize(1));
  }

  @Test
  void showingFiveRowsAsTheyFinishCostsAHandfulOfCalls() {
    assertCallsAtMost(16, 0, rows -> rows.show(5), false);
  }

  @Test
  void showingTwentyRowsCostsAFewDozenCalls() {
    assertCallsAtMost(64, 0, Dataset::show);
  }

  private void assertCallsAtMost(int most, int latency, Consumer<Dataset<Row>> action) {
    assertCallsAtMost(most, latency, action, true);
  }

  private void assertCallsAtMost(
      int most, int latency, Consumer<Dataset<Row>> action, boolean ordered) {
    Dataset<Row> input = spark.range(1_000_000).selectExpr("id", "'row ' || id text");
    try (LocalEndpoint endpoint = Scripted.endpoint("{\"latencyMs\": " + latency + "}")) {
      action.accept(Scripted.echo(endpoint).ordered(ordered).transform(input));

      assertThat(endpoint.stats().requests()).isBetween(1L, (long) most);
    }
  }
}

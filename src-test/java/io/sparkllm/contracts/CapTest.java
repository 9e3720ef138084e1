package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.Llm;
import io.sparkllm.config.Options.OnFatal;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.ForkedSpark;
import io.sparkllm.testing.ForkedSpark.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code maxCost} holds to on three executors: the cost of the calls in flight may come on
 * top, and no more, whatever slots were granted.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CapTest {
  static final int ROWS = 400;

  /** Calls that the cap pays. */
  static final int PAID = 150;

  static final int EXECUTORS = 3;
  static final int CONCURRENCY = 8;
  static final int PER_MINUTE = 6_000;

  private final LocalEndpoint limited = Scripted.endpoint("{\"latencyMs\": 50}");
  private final LocalEndpoint unlimited = Scripted.endpoint("{\"latencyMs\": 50}");
  private final LocalEndpoint failing = Scripted.endpoint("{\"latencyMs\": 50}");

  private Finished finished;

  @BeforeAll
  void runAllScenarios(@TempDir Path folder) throws IOException {
    Path prices =
        Files.writeString(
            folder.resolve("prices.json"),
            "{\"updated\": \"2026-11-30\", \"models\": {\"echo\": {\"input\": 1000, \"output\":"
                + " 1000}}}");
    finished =
        ForkedSpark.main(Runs.class)
            .master(ForkedSpark.LARGER_CLUSTER)
            .arguments(
                prices, folder.resolve("ledger"), limited.url(), unlimited.url(), failing.url())
            .timeLimit(Duration.ofMinutes(3))
            .run();
    assertThat(finished.exitCode()).as(finished.err()).isZero();
  }

  @AfterAll
  void close() {
    Stream.of(limited, unlimited, failing).forEach(LocalEndpoint::close);
  }

  private long told(String what) {
    List<String> lines = finished.lines(what + ": ");
    assertThat(lines).as(finished.out()).hasSize(1);
    return Long.parseLong(lines.get(0));
  }

  @Test
  void noMoreIsSpentThanTheCapAndWhatWasUnderWay() {
    long answers = told("limitedAnswers");

    System.out.printf("capped: %d calls paid, of %d allowed%n", answers, PAID);
    assertThat(answers).isBetween((long) PAID, (long) PAID + EXECUTORS * CONCURRENCY);
    assertThat(told("limitedUnasked")).isEqualTo(ROWS - answers);
  }

  @Test
  void withoutALimitNothingIsGrantedAhead() {
    long answers = told("unlimitedAnswers");

    System.out.printf("capped without a limit: %d calls paid, of %d allowed%n", answers, PAID);
    assertThat(answers).isBetween((long) PAID, (long) PAID + EXECUTORS * CONCURRENCY);
    assertThat(told("unlimitedUnasked")).isEqualTo(ROWS - answers);
  }

  @Test
  void theSameWithAHigherCapGoesOnAndPaysNothingTwice() {
    assertThat(told("againAnswers")).isEqualTo(ROWS);
    assertThat(limited.stats().requests()).isEqualTo(ROWS + Runs.WARM);
  }

  @Test
  void theJobFailsOnceWithTheCauseWhereFatalCausesDo() {
    assertThat(finished.lines("failing: "))
        .singleElement()
        .asString()
        .contains("Stopped at maxCost=", "goes on from here and pays nothing twice")
        .containsOnlyOnce("Stopped");
    assertThat(failing.stats().requests()).isLessThan(ROWS);
  }

  /** The application. */
  public static final class Runs {
    static final int WARM = 12;

    private final SparkSession spark = SparkSession.builder().getOrCreate();
    private final String prices;
    private double costOfACall;

    private Runs(String prices) {
      this.prices = prices;
    }

    public static void main(String[] args) {
      Runs runs = new Runs(args[0]);
      Llm limited = runs.llm(args[2]).checkpoint(args[1]).requestsPerMinute(PER_MINUTE);
      runs.warmUp(limited);
      double cap = PAID * runs.costOfACall;
      runs.tell("limited", limited.maxCost(cap));
      runs.tell("again", limited.maxCost(cap * 10));
      runs.tell("unlimited", runs.llm(args[3]).maxCost(cap));
      try {
        runs.llm(args[4])
            .onFatal(OnFatal.FAIL)
            .maxCost(cap / 10)
            .transform(runs.rows(ROWS))
            .collectAsList();
      } catch (Exception e) {
        System.out.println("failing: " + e.getMessage().lines().findFirst().orElse(""));
      }
      runs.spark.stop();
    }

    private Llm llm(String url) {
      return Scripted.echo(url)
          .prices(prices)
          .concurrency(CONCURRENCY)
          .onFatal(OnFatal.COLUMN)
          .metadataCol("metadata");
    }

    /** All of one length, and of one price. */
    private Dataset<Row> rows(int count) {
      return spark.range(0, count, 1, 6).selectExpr("id", "'row ' || lpad(id, 6, '0') AS text");
    }

    private void warmUp(Llm llm) {
      long tokens =
          llm.transform(rows(WARM).selectExpr("id", "'ROW' || substr(text, 4) AS text"))
              .selectExpr("max(metadata.total_tokens)")
              .head()
              .getLong(0);
      costOfACall = tokens / 1000.0;
    }

    private void tell(String name, Llm llm) {
      Row counts =
          llm.transform(rows(ROWS))
              .selectExpr(
                  "count(response)",
                  "count(CASE WHEN response IS NULL AND error.type = 'not_attempted' AND error.code"
                      + " = 'max_cost' THEN 1 END)")
              .head();
      System.out.println(name + "Answers: " + counts.getLong(0));
      System.out.println(name + "Unasked: " + counts.getLong(1));
    }
  }
}

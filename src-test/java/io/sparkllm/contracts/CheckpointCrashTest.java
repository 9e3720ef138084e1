package io.sparkllm.contracts;

import static io.sparkllm.testing.ForkedSpark.LOCAL_CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.ledger.Ledger;
import io.sparkllm.local.EndpointStats;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.ForkedSpark;
import io.sparkllm.testing.ForkedSpark.Finished;
import io.sparkllm.testing.ObjectStoreFileSystem;
import io.sparkllm.testing.SparkTest;
import io.sparkllm.testing.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contract 4 where a process dies: what was answered before is not asked again after. */
@SparkTest
class CheckpointCrashTest {
  private static final int ROWS = 4_000;
  private static final int CONCURRENCY = 32;
  private static final String SLOW = "{\"latencyMs\": 100}";

  private final SparkSession spark;
  @TempDir Path folder;

  CheckpointCrashTest(SparkSession spark) {
    this.spark = spark;
  }

  private static Dataset<Row> rows(SparkSession spark) {
    return spark.range(0, ROWS, 1, 4).selectExpr("id", "'row ' || id text");
  }

  private Path output() {
    return folder.resolve("out");
  }

  private void assertAllRight() {
    Dataset<Row> written = spark.read().parquet(output().toString());
    assertThat(written.count()).isEqualTo(ROWS);
    assertThat(
            written
                .filter("error IS NULL AND response = 'sha256:' || sha2(text, 256)")
                .select("id")
                .distinct()
                .count())
        .isEqualTo(ROWS);
  }

  private static void awaitHalf(LocalEndpoint endpoint) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofMinutes(3))
        .until(() -> endpoint.stats().requests() >= ROWS / 2);
  }

  @Test
  void aKilledDriversAnswersAreThereWhenTheSameCommandRunsAgain() throws IOException {
    Path input = folder.resolve("in");
    rows(spark).write().parquet(input.toString());
    try (LocalEndpoint endpoint = Scripted.endpoint(SLOW)) {
      Submission run =
          ForkedSpark.job(
                  "run",
                  "--input",
                  input,
                  "--output",
                  output(),
                  "--endpoint",
                  endpoint.url(),
                  "--model=echo",
                  "--prompt={text}",
                  "--concurrency=" + CONCURRENCY)
              .timeLimit(Duration.ofMinutes(5));
      try (ForkedSpark first = run.start()) {
        awaitHalf(endpoint);
        first.kill();
      }
      Awaitility.await().until(() -> endpoint.stats().inFlight() == 0);
      EndpointStats killed = endpoint.stats();
      long kept = Ledger.existing(output() + "_checkpoint", new Configuration()).stats().answers();
      assertThat(killed.requests()).as("the kill came in time").isLessThan(ROWS);

      Finished second = run.run();

      assertThat(second.exitCode()).as(second.err()).isZero();
      assertThat(second.out()).contains("from the checkpoint");
      assertAllRight();
      EndpointStats all = endpoint.stats();
      System.out.printf(
          "killed driver: %d asked, %d kept, %d in flight at most, %d asked by the second run, %d"
              + " answered twice%n",
          killed.requests(),
          kept,
          killed.maxInFlight(),
          all.requests() - killed.requests(),
          all.doubles());
      assertThat(all.requests() - killed.requests()).isEqualTo(ROWS - kept);
      assertThat(all.requests() - ROWS).isLessThanOrEqualTo(2L * killed.maxInFlight());
      assertThat(all.doubles()).isLessThanOrEqualTo(2L * killed.maxInFlight());
    }
  }

  @Test
  void aKilledExecutorsAnswersAreThereForTheTaskThatTakesItsPlace() {
    try (LocalEndpoint endpoint = Scripted.endpoint(SLOW)) {
      Finished finished;
      try (ForkedSpark app =
          ForkedSpark.main(Application.class)
              .master(LOCAL_CLUSTER)
              .arguments(endpoint.url(), folder.resolve("checkpoint"), output())
              .timeLimit(Duration.ofMinutes(5))
              .start()) {
        awaitHalf(endpoint);
        // Both are at work.
        Awaitility.await()
            .pollInterval(Duration.ofMillis(20))
            .atMost(Duration.ofMinutes(1))
            .until(() -> endpoint.stats().inFlight() > CONCURRENCY);
        app.executors().get(0).destroyForcibly();
        finished = app.await();
      }

      assertThat(finished.exitCode()).as(finished.err()).isZero();
      assertThat(finished.err()).contains("Lost executor");
      assertAllRight();
      EndpointStats stats = endpoint.stats();
      System.out.printf(
          "killed executor: %d asked for %d rows, %d in flight at most, %d answered twice%n",
          stats.requests(), ROWS, stats.maxInFlight(), stats.doubles());
      assertThat(stats.requests()).as("somebody lost a call").isGreaterThan(ROWS);
      assertThat(stats.requests() - ROWS).isLessThanOrEqualTo(2L * stats.maxInFlight());
    }
  }

  /** What a kill loses where a file is there only once it is closed; measured, and bounded. */
  @Test
  @Tag("once")
  void onAnObjectStoreAKillLosesTheOpenSegmentsAndNoMore() throws IOException {
    Configuration hadoop = ObjectStoreFileSystem.configure(new Configuration());
    String checkpoint = ObjectStoreFileSystem.store(folder.resolve("checkpoint"));
    try (LocalEndpoint endpoint = Scripted.endpoint(SLOW)) {
      Submission run =
          ForkedSpark.main(Application.class)
              .conf("spark.hadoop.fs.objects.impl", ObjectStoreFileSystem.class.getName())
              .arguments(endpoint.url(), checkpoint, output())
              .timeLimit(Duration.ofMinutes(5));
      try (ForkedSpark first = run.start()) {
        awaitHalf(endpoint);
        first.kill();
      }
      Awaitility.await().until(() -> endpoint.stats().inFlight() == 0);
      EndpointStats killed = endpoint.stats();
      long kept = Ledger.existing(checkpoint, hadoop).stats().answers();
      System.out.printf(
          "object store: %d asked, %d kept, %d lost, of which %d were in flight at most%n",
          killed.requests(), kept, killed.requests() - kept, killed.maxInFlight());
      assertThat(kept).isPositive();
      assertThat(kept).isLessThan(killed.requests());

      Finished second = run.run();

      assertThat(second.exitCode()).as(second.err()).isZero();
      assertAllRight();
      assertThat(endpoint.stats().requests() - killed.requests()).isEqualTo(ROWS - kept);
    }
  }

  /** Its arguments: the endpoint, the checkpoint, the output. */
  public static final class Application {
    private Application() {}

    public static void main(String[] args) {
      SparkSession spark = SparkSession.builder().getOrCreate();
      Scripted.echo(args[0])
          .checkpoint(args[1])
          .concurrency(CONCURRENCY)
          .transform(rows(spark))
          .write()
          .mode("overwrite")
          .parquet(args[2]);
      spark.stop();
    }
  }
}

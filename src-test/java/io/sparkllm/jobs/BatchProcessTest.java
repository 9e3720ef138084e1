package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.local.batch.BatchStats;
import io.sparkllm.testing.ForkedSpark;
import io.sparkllm.testing.ForkedSpark.Finished;
import io.sparkllm.testing.SparkTest;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches and drivers that die: nothing is lost, asked twice, or in the wrong place. */
@SparkTest
class BatchProcessTest {
  private static final int ROWS = 600;
  private static final int KILLED = 128 + 9;
  private static final Pattern ALL_IN_PROGRESS = Pattern.compile("(\\d+) batches: \\1 in_progress");

  private final SparkSession spark;
  @TempDir Path folder;

  BatchProcessTest(SparkSession spark) {
    this.spark = spark;
  }

  private Path input() {
    Path input = folder.resolve("in");
    spark.range(0, ROWS, 1, 3).selectExpr("id", "'row ' || id text").write().parquet("" + input);
    return input;
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

  /** The same command each time; what the service does brings it to a step, where it is killed. */
  @Test
  void theSameCommandGoesOnAfterAKillAtEachStep() throws IOException {
    File chunks = new File(output() + "_checkpoint/_ledger-batch/chunks");
    try (LocalEndpoint endpoint = LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none())) {
      List<Object> command =
          List.of(
              "run",
              "--mode=batch",
              "--input",
              input(),
              "--output",
              output(),
              "--endpoint",
              endpoint.url(),
              "--model=echo",
              "--prompt={text}",
              "--batch-file-requests=50");
      Killing step = new Killing(endpoint, command);

      step.killedWhen(
          "writing chunks", "{'faults':[{'call':'upload','kind':'stall'}]}", run -> exist(chunks));
      assertThat(step.stats().uploads()).isZero();

      step.killedWhen(
          "uploaded, not created",
          "{'faults':[{'call':'create','kind':'throttle','retryAfter':60}]}",
          run -> run.err().contains("trying again in"));
      assertThat(step.stats().creates()).isZero();

      step.killedWhen(
          "created, without a reply",
          "{'faults':[{'call':'create','kind':'slow_body','chunkBytes':1,'chunkDelayMs':9000}],"
              + "'hold':['in_progress']}",
          run -> step.stats().creates() > 0);
      assertThat(step.stats().creates()).isEqualTo(1);

      step.killedWhen(
          "polling",
          "{'hold':['in_progress'],'holdAfterLines':10}",
          run -> ALL_IN_PROGRESS.matcher(run.err()).find());
      long batches = step.stats().creates();
      assertThat(step.stats().answers()).isPositive().isLessThan(ROWS);

      // Two lists, the eight files of the first wave, and one of the second.
      long stuck = calls(step) + 11;
      step.killedWhen(
          "collecting",
          "{'faults':[{'after':"
              + stuck
              + ",'call':'content','kind':'slow_body','chunkBytes':1,'chunkDelayMs':9000}]}",
          run -> calls(step) >= stuck);

      step.killedWhen(
          "writing the output", "{}", run -> exist(output().resolve("_temporary").toFile()));

      Finished last = ForkedSpark.job(command.toArray()).run();
      assertThat(last.exitCode()).as(last.err()).isZero();
      assertAllRight();
      BatchStats stats = step.stats();
      assertThat(stats.creates()).isEqualTo(batches);
      assertThat(stats.answers()).isEqualTo(ROWS);
      assertThat(stats.doubleIds()).isZero();
    }
  }

  private static long calls(Killing step) {
    return step.stats().calls().values().stream().mapToLong(Long::longValue).sum();
  }

  private static boolean exist(File directory) {
    String[] names = directory.list();
    return names != null && names.length > 0;
  }

  /** Runs of one command, each killed at a step. */
  private record Killing(LocalEndpoint endpoint, List<Object> command) {
    BatchStats stats() {
      return endpoint.stats().batch();
    }

    void killedWhen(String step, String batch, Predicate<ForkedSpark> isThere) {
      endpoint.script(EndpointScript.parse(("{'batch':" + batch + "}").replace('\'', '"')));
      try (ForkedSpark run = ForkedSpark.job(command.toArray()).start()) {
        Awaitility.await(step)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(5))
            .atMost(Duration.ofMinutes(2))
            .until(() -> !run.isAlive() || isThere.test(run));
        run.kill();
        Finished finished = run.await();
        assertThat(finished.exitCode()).as(step + "\n" + finished.err()).isEqualTo(KILLED);
      }
    }
  }

  @Test
  void oneProcessSubmitsAndAnotherOneCollectsWithOtherPartitions() throws IOException {
    Path input = input();
    String checkpoint = folder.resolve("checkpoint").toString();
    try (LocalEndpoint endpoint =
        LocalEndpoint.start(
            "127.0.0.1", 0, "", EndpointScript.parse("{\"batch\":{\"hold\":[\"in_progress\"]}}"))) {
      Object[] settings = {
        "--input",
        input,
        "--checkpoint",
        checkpoint,
        "--endpoint",
        endpoint.url(),
        "--model=echo",
        "--prompt={text}",
        "--batch-file-requests=250"
      };
      Finished submitted = ForkedSpark.job("submit").arguments(settings).run();
      assertThat(submitted.exitCode()).as(submitted.err()).isZero();
      assertThat(submitted.lines("waiting ")).singleElement().asString().endsWith("600");

      Finished stopped;
      try (ForkedSpark waiting =
          ForkedSpark.job("collect", "--wait", "--checkpoint", checkpoint).start()) {
        waiting.awaitOutput("3 in_progress");
        waiting.interrupt();
        stopped = waiting.await();
      }
      assertThat(stopped.exitCode()).isEqualTo(128 + 2);
      assertThat(stopped.err()).contains("Nothing is lost", "collect --checkpoint " + checkpoint);

      endpoint.script(EndpointScript.none());
      JobCall.Ended collected =
          JobCall.job(
              Stream.concat(
                      Stream.of("collect", "--wait", "--output", output(), "--repartition=7"),
                      Arrays.stream(settings))
                  .toArray());
      assertThat(collected.code()).as(collected.err()).isZero();
      assertAllRight();
      assertThat(endpoint.stats().batch().creates()).isEqualTo(3);
      assertThat(endpoint.stats().batch().answers()).isEqualTo(ROWS);
    }
  }
}

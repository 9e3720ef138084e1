package io.sparkllm.jobs;

import static io.sparkllm.testing.ForkedSpark.LOCAL_CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.ForkedSpark;
import io.sparkllm.testing.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job as users start it: exit codes, signals, the environment, executors of their own. */
class JobProcessTest {
  @TempDir Path folder;

  private Path output() {
    return folder.resolve("out");
  }

  private static LocalEndpoint endpoint(String script) throws IOException {
    return LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.parse(script));
  }

  private Submission run(LocalEndpoint endpoint, Object... more) {
    return ForkedSpark.job(
            Stream.concat(
                    Stream.of(
                        "run",
                        "--input",
                        JobCall.SAMPLE.resolve("tickets.parquet"),
                        "--output",
                        output(),
                        "--endpoint",
                        endpoint.url(),
                        "--model=local",
                        "--columns=ticket_id",
                        "--prompt=Classify as bug, question or other: {text}"),
                    Stream.of(more))
                .toArray())
        // A local cluster on a machine with eight jobs for each core took 110 s.
        .timeLimit(Duration.ofMinutes(5));
  }

  private static List<String> complaints(ForkedSpark.Finished finished) {
    return finished.err().lines().filter(line -> line.startsWith("Error: ")).toList();
  }

  @Test
  @Tag("smoke")
  void theKeyComesFromTheEnvironmentAndExecutorsReportTheirProgress() throws IOException {
    String key = "sk-from-the-environment";
    try (LocalEndpoint endpoint = endpoint("{\"requireKey\": \"" + key + "\"}")) {
      ForkedSpark.Finished finished =
          run(endpoint, "--repartition=4")
              .master(LOCAL_CLUSTER)
              .environment("OPENAI_API_KEY", key)
              .run();

      assertThat(finished.exitCode()).as(finished.err()).isZero();
      assertThat(finished.lines("rows ")).singleElement().asString().endsWith("314");
      assertThat(finished.err()).contains("314 of 314 rows (100 %)");
      assertThat(finished.out() + finished.err() + finished.executorLogs()).doesNotContain(key);
      assertThat(endpoint.stats().doubles()).isZero();
    }
  }

  @Test
  void aWrongKeyIsOneLineAndExitCode1OnEveryExecutor() throws IOException {
    try (LocalEndpoint endpoint = endpoint("{\"requireKey\": \"sk-right\"}")) {
      ForkedSpark.Finished finished =
          run(endpoint, "--repartition=4")
              .master(LOCAL_CLUSTER)
              .environment("OPENAI_API_KEY", "sk-wrong-4711")
              .run();

      assertThat(finished.exitCode()).isEqualTo(1);
      assertThat(complaints(finished)).singleElement().asString().contains("auth", "apiKeyEnv");
      assertThat(finished.out() + finished.err() + finished.executorLogs())
          .doesNotContain("sk-wrong-4711");
      // A few for each executor; without the breaker 4 attempts of 4 tasks.
      assertThat(endpoint.stats().requests()).isLessThanOrEqualTo(16);
      assertThat(output().resolve("_SUCCESS")).doesNotExist();
    }
  }

  @Test
  void badUsageHasAnExitCodeOfItsOwn() throws IOException {
    try (LocalEndpoint endpoint = endpoint("{}")) {
      ForkedSpark.Finished usage = run(endpoint, "--limit=3", "--system={nme}").run();

      assertThat(usage.exitCode()).isEqualTo(2);
      assertThat(complaints(usage)).singleElement().asString().contains("nme");
    }
  }

  @Test
  void afterControlCNothingCountsAsFinishedAndTheSameCommandWorks() throws IOException {
    try (LocalEndpoint endpoint = endpoint("{\"latencyMs\": 3000}")) {
      ForkedSpark.Finished stopped;
      try (ForkedSpark spark = run(endpoint, "--concurrency=2").start()) {
        Awaitility.await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> endpoint.stats().requests() > 4);
        spark.interrupt();
        stopped = spark.await();
      }

      assertThat(stopped.exitCode()).isEqualTo(128 + 2);
      assertThat(stopped.err()).contains("Stopped before the end: the output is not written.");
      assertThat(complaints(stopped)).isEmpty();
      assertThat(output().resolve("_SUCCESS")).doesNotExist();

      endpoint.script(EndpointScript.none());
      ForkedSpark.Finished again = run(endpoint).run();
      assertThat(again.exitCode()).as(again.err()).isZero();
      assertThat(again.lines("rows ")).singleElement().asString().endsWith("314");
    }
  }
}

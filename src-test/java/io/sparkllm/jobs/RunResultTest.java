package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SparkTest
class RunResultTest {
  @TempDir Path folder;

  private Path output() {
    return folder.resolve("out");
  }

  private static String[] numbered(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> "text " + i).toArray(String[]::new);
  }

  private static LocalEndpoint endpoint(String script) throws IOException {
    return LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.parse(script));
  }

  private JobCall.Ended run(LocalEndpoint endpoint, Path input, Object... more) {
    Object[] all = new Object[more.length + 3];
    System.arraycopy(more, 0, all, 0, more.length);
    all[more.length] = "--endpoint";
    all[more.length + 1] = endpoint.url();
    all[more.length + 2] = "--model=local";
    return JobCall.run(input, output(), all);
  }

  @Test
  @Tag("smoke")
  void moreFailedRowsThanAllowedAreExitCode3WithTheOutputWritten(SparkSession spark)
      throws IOException {
    Path input = JobCall.input(spark, folder, "one", "POISON two", "three", "CUT four", "five", "");
    try (LocalEndpoint endpoint =
        endpoint(
            """
            {"faults": [{"contains": "POISON", "kind": "content_filter"},
                        {"contains": "CUT", "kind": "context_length"}]}""")) {
      JobCall.Ended ended = run(endpoint, input);

      assertThat(ended.code()).as(ended.err()).isEqualTo(3);
      assertThat(ended.err())
          .contains("Too many rows failed: 3 of 6, more than --max-error-ratio 0.1 allows")
          .contains("The output is written");
      assertThat(ended.summary("rows")).isEqualTo("6");
      assertThat(ended.summary("answers")).isEqualTo("3");
      assertThat(ended.summary("errors")).isEqualTo("3");
      assertThat(ended.out())
          .containsPattern("content_filter +1 +for example: \\S+")
          .containsPattern("context_length +1 +for example: \\S+")
          .containsPattern("invalid_input +1 +for example: \\S+");
      assertThat(spark.read().parquet(output().toString()).count()).isEqualTo(6);
    }
  }

  @Test
  void theErrorBudgetIsSettable(SparkSession spark) {
    Path input = JobCall.input(spark, folder, "one", "", "three", "four");

    JobCall.Ended ended = JobCall.run(input, output(), "--max-error-ratio", "0.25");

    assertThat(ended.code()).as(ended.err()).isZero();
  }

  @Test
  void anErrorBudgetOfZeroFailsOnASingleRow(SparkSession spark) {
    String[] texts = numbered(30);
    texts[7] = "";

    JobCall.Ended ended =
        JobCall.run(JobCall.input(spark, folder, texts), output(), "--max-error-ratio", "0");

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.err()).contains("1 of 30");
  }

  @Test
  void retriesAreToldAndNoErrors(SparkSession spark) throws IOException {
    Path input = JobCall.input(spark, folder, numbered(5));
    try (LocalEndpoint endpoint =
        endpoint("{\"faults\": [{\"times\": 1, \"kind\": \"overloaded\"}]}")) {
      JobCall.Ended ended = run(endpoint, input);

      assertThat(ended.code()).as(ended.err()).isZero();
      assertThat(ended.err()).contains("5 of 5 rows (100 %)").contains("0 errors, 5 retries");
    }
  }

  @Test
  void progressTellsTheLimitAndTheLastLineWhatHeldTheRunBack(SparkSession spark)
      throws IOException {
    Path input = JobCall.input(spark, folder, numbered(80));
    try (LocalEndpoint endpoint = endpoint("{\"latencyMs\": 50}")) {
      JobCall.Ended ended = run(endpoint, input, "--requests-per-minute", "600");

      assertThat(ended.code()).as(ended.err()).isZero();
      assertThat(ended.err()).contains("limit 600 requests/min (option), throttled 0:0");
      assertThat(ended.summary("hint"))
          .contains("waiting for --requests-per-minute 600; raise it if the account allows more");
    }
  }

  @Test
  void aWrongKeyIsToldOnceAfterAFewCallsAndTheSameCommandWorksAfterwards(SparkSession spark)
      throws IOException {
    Path input = JobCall.input(spark, folder, numbered(300));
    try (LocalEndpoint endpoint = endpoint("{\"requireKey\": \"sk-right\"}")) {
      JobCall.Ended ended = run(endpoint, input);

      assertFatal(ended, "auth", "apiKeyEnv");
      assertThat(endpoint.stats().requests()).isLessThanOrEqualTo(8);

      endpoint.script(EndpointScript.none());
      assertThat(run(endpoint, input).code()).isZero();
    }
  }

  @Test
  void anUnknownModelIsToldOnceAfterAFewCalls(SparkSession spark) throws IOException {
    Path input = JobCall.input(spark, folder, numbered(300));
    try (LocalEndpoint endpoint = endpoint("{}")) {
      JobCall.Ended ended =
          JobCall.run(input, output(), "--endpoint", endpoint.url(), "--model", "gtp-5");

      assertFatal(ended, "not_found", "gtp-5", "Check the options model and endpoint");
      assertThat(endpoint.stats().requests()).isLessThanOrEqualTo(8);
    }
  }

  @Test
  @Timeout(30)
  void anUnreachableEndpointIsToldInSeconds(SparkSession spark) throws IOException {
    Path input = JobCall.input(spark, folder, numbered(300));
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    long start = System.nanoTime();

    JobCall.Ended ended =
        JobCall.run(
            input, output(), "--endpoint", "http://127.0.0.1:" + free + "/v1", "--model", "x");

    assertFatal(ended, "connection", ":" + free, "Check the option endpoint");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void afterAFatalCauseRowsAreErrorsWhereThatIsAskedFor(SparkSession spark) throws IOException {
    Path input = JobCall.input(spark, folder, numbered(50));
    try (LocalEndpoint endpoint = endpoint("{\"requireKey\": \"sk-right\"}")) {
      JobCall.Ended ended = run(endpoint, input, "--on-fatal", "column");

      assertThat(ended.code()).isEqualTo(3);
      assertThat(ended.out()).containsPattern("auth +\\d").containsPattern("not_attempted +4\\d");
    }
  }

  @Test
  void aHugeCellIsAnErrorOfItsRow(SparkSession spark) {
    Path input = folder.resolve("huge");
    JobCall.texts(spark, "one", "two", "three")
        .selectExpr("id", "IF(id = 2, repeat('x', 10485761), text) AS text")
        .write()
        .parquet(input.toString());

    JobCall.Ended ended =
        JobCall.run(input, output(), "--columns", "id", "--max-error-ratio", "0.5");

    assertThat(ended.code()).as(ended.err()).isZero();
    Row error =
        spark
            .read()
            .parquet(output().toString())
            .where("error IS NOT NULL")
            .selectExpr("id", "error.type", "error.message")
            .first();
    assertThat(error.getInt(0)).isEqualTo(2);
    assertThat(error.getString(1)).isEqualTo("invalid_input");
    assertThat(error.getString(2)).contains("10,485,761");
  }

  private static void assertFatal(JobCall.Ended ended, String... parts) {
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.complaints()).singleElement().asString().contains(parts);
    assertThat(ended.err()).doesNotContain("\tat ");
    assertThat(ended.out()).isEmpty();
  }
}

package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run keeps for the next one, and what it says of it. */
@SparkTest
class JobCheckpointTest {
  private final SparkSession spark;
  @TempDir Path folder;

  JobCheckpointTest(SparkSession spark) {
    this.spark = spark;
  }

  private static LocalEndpoint endpoint() throws IOException {
    return LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none());
  }

  private JobCall.Ended run(LocalEndpoint endpoint, Path input, Object... more) {
    Object[] all = new Object[more.length + 4];
    System.arraycopy(
        new Object[] {"--endpoint", endpoint.url(), "--model=echo", "--save-mode=overwrite"},
        0,
        all,
        0,
        4);
    System.arraycopy(more, 0, all, 4, more.length);
    return JobCall.run(input, folder.resolve("out"), all);
  }

  @Test
  void theSameCommandAsksOnlyWhatIsNotKeptBesideItsOutput() throws IOException {
    Path input = JobCall.input(spark, folder, "one", "two", "three", "two");
    try (LocalEndpoint endpoint = endpoint()) {
      JobCall.Ended first = run(endpoint, input);
      JobCall.Ended second = run(endpoint, input);

      assertThat(first.code()).as(first.err()).isZero();
      assertThat(first.summary("checkpoint")).isEqualTo(folder.resolve("out") + "_checkpoint");
      assertThat(first.summary("sources"))
          .startsWith("3 calls, 0 rows from the checkpoint, 1 shared with equal rows");
      assertThat(second.summary("sources"))
          .startsWith("0 calls, 4 rows from the checkpoint, 0 shared with equal rows");
      assertThat(second.summary("answers")).isEqualTo("4");
      assertThat(second.summary("tokens")).startsWith("0 ");
      assertThat(endpoint.stats().requests()).isEqualTo(3);
    }
  }

  @Test
  void tokensOfTheMetadataColumnAreThoseThatWerePaidNow() throws IOException {
    Path input = JobCall.input(spark, folder, "one", "two", "two");
    try (LocalEndpoint endpoint = endpoint()) {
      JobCall.Ended first = run(endpoint, input, "--metadata-col=m");
      JobCall.Ended second = run(endpoint, input, "--metadata-col=m");

      long each = endpoint.stats().promptTokens() + endpoint.stats().completionTokens();
      assertThat(first.summary("tokens")).isEqualTo(String.valueOf(each));
      assertThat(second.summary("tokens")).isEqualTo("0");
    }
  }

  @Test
  void noneKeepsNothing() throws IOException {
    Path input = JobCall.input(spark, folder, "one", "two");
    try (LocalEndpoint endpoint = endpoint()) {
      run(endpoint, input, "--checkpoint=none");
      JobCall.Ended second = run(endpoint, input, "--checkpoint=none");

      assertThat(second.code()).as(second.err()).isZero();
      assertThat(second.out()).doesNotContain("checkpoint", "sources");
      assertThat(folder.resolve("out_checkpoint")).doesNotExist();
      assertThat(endpoint.stats().requests()).isEqualTo(4);
    }
  }

  @Test
  void aNamedDirectoryServesSeveralOutputs() throws IOException {
    Path input = JobCall.input(spark, folder, "one", "two");
    try (LocalEndpoint endpoint = endpoint()) {
      String flag = "--checkpoint=" + folder.resolve("shared");
      run(endpoint, input, flag);
      JobCall.Ended other =
          JobCall.run(
              input, folder.resolve("other"), "--endpoint", endpoint.url(), "--model=echo", flag);

      assertThat(other.code()).as(other.err()).isZero();
      assertThat(endpoint.stats().requests()).isEqualTo(2);
    }
  }

  @Test
  void aDirectoryInTheOutputIsRefusedAsItWouldBeOverwritten() throws IOException {
    Path input = JobCall.input(spark, folder, "one");
    try (LocalEndpoint endpoint = endpoint()) {
      JobCall.Ended ended =
          run(endpoint, input, "--checkpoint=" + folder.resolve("out").resolve("kept"));

      assertThat(ended.code()).isEqualTo(2);
      assertThat(ended.complaints())
          .singleElement()
          .asString()
          .contains("--checkpoint", "lies in the output");
      assertThat(endpoint.stats().requests()).isZero();
    }
  }

  @Test
  void aTableHasNoCheckpointUnlessOneIsNamed() throws IOException {
    Path input = JobCall.input(spark, folder, "one", "two");
    spark.sql("DROP TABLE IF EXISTS default.job_checkpoint_test");
    try (LocalEndpoint endpoint = endpoint()) {
      Object[] flags = {"--endpoint", endpoint.url(), "--model=echo", "--save-mode=overwrite"};
      JobCall.Ended without = JobCall.run(input, "default.job_checkpoint_test", flags);

      assertThat(without.code()).as(without.err()).isZero();
      assertThat(without.err()).contains("--checkpoint <directory>");
      assertThat(without.out()).doesNotContain("checkpoint ");
    } finally {
      spark.sql("DROP TABLE IF EXISTS default.job_checkpoint_test");
    }
  }
}

package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands about batches: what they print, and their exit codes. */
@SparkTest
class BatchJobTest {
  private static final String HELD = "{'batch':{'hold':['in_progress'],'holdAfterLines':1}}";

  private final SparkSession spark;
  @TempDir Path folder;

  BatchJobTest(SparkSession spark) {
    this.spark = spark;
  }

  private static EndpointScript script(String json) {
    return EndpointScript.parse(json.replace('\'', '"'));
  }

  private static LocalEndpoint endpoint(String json) throws IOException {
    return LocalEndpoint.start("127.0.0.1", 0, "", script(json));
  }

  private String checkpoint() {
    return folder.resolve("checkpoint").toString();
  }

  private JobCall.Ended submit(LocalEndpoint endpoint, Object input, Object... more) {
    return JobCall.job(
        with(
            more,
            "submit",
            "--input",
            input,
            "--endpoint",
            endpoint.url(),
            "--model=echo",
            "--prompt={text}",
            "--checkpoint",
            checkpoint()));
  }

  private JobCall.Ended command(Object... arguments) {
    return JobCall.job(with(new Object[] {"--checkpoint", checkpoint()}, arguments));
  }

  private static Object[] with(Object[] more, Object... first) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray();
  }

  private List<Row> answers(Path output) {
    return spark.read().parquet(output.toString()).orderBy("id").collectAsList();
  }

  @Test
  void runSubmitsWaitsAndWritesInOneCommand() throws IOException {
    Path input = JobCall.input(spark, folder, "one", "two", "three", "two");
    Path output = folder.resolve("out");
    try (LocalEndpoint endpoint = endpoint("{}")) {
      JobCall.Ended ended =
          JobCall.run(input, output, "--mode=batch", "--endpoint", endpoint.url(), "--model=local");

      assertThat(ended.code()).as(ended.err()).isZero();
      assertThat(ended.summary("rows")).isEqualTo("4");
      assertThat(ended.summary("answers")).isEqualTo("4");
      assertThat(ended.summary("checkpoint")).isEqualTo(output + "_checkpoint");
      assertThat(ended.err()).contains("1 batch: 1 done; 3 of 3 requests answered");
      assertThat(endpoint.stats().batch().answers()).isEqualTo(3);
    }
  }

  @Test
  void statusTellsOfEachBatchAndCollectHasItsOwnCodeUntilAllHaveEnded() throws IOException {
    Path input = JobCall.input(spark, folder, "one", "two", "three");
    Path output = folder.resolve("out");
    try (LocalEndpoint endpoint = endpoint(HELD)) {
      JobCall.Ended submitted = submit(endpoint, input);
      assertThat(submitted.code()).as(submitted.err()).isZero();
      Awaitility.await().until(() -> endpoint.stats().batch().lines() == 1);

      JobCall.Ended status = command("status");
      assertThat(status.code()).as(status.err()).isZero();
      assertThat(status.out().lines().skip(1).findFirst().orElseThrow())
          .matches("batch_\\S+ +in_progress +1 +3 +1 +0 +0 m \\d\\d s +23 h 59 m");
      assertThat(status.summary("requests")).isEqualTo("3");
      assertThat(status.summary("answered")).isEqualTo("1");
      assertThat(status.summary("waiting")).isEqualTo("3");

      JobCall.Ended early = command("collect");
      assertThat(early.code()).isEqualTo(ExitCode.NOT_ENDED);
      assertThat(early.err())
          .contains("The batches have not ended: collect --checkpoint ", checkpoint() + " --wait");

      endpoint.script(EndpointScript.none());
      JobCall.Ended collected = command("collect", "--wait");
      assertThat(collected.code()).as(collected.err()).isZero();
      assertThat(collected.out()).contains("completed *");
      assertThat(collected.summary("waiting")).isEqualTo("0");

      JobCall.Ended written =
          command(
              "collect",
              "--input",
              input,
              "--output",
              output,
              "--prompt={text}",
              "--model=echo",
              "--endpoint",
              endpoint.url());
      assertThat(written.code()).as(written.err()).isZero();
      assertThat(answers(output)).hasSize(3).noneMatch(row -> row.isNullAt(2));
      assertThat(endpoint.stats().batch().answers()).isEqualTo(3);
    }
  }

  @Test
  void cancelKeepsWhatWasAnswered() throws IOException {
    try (LocalEndpoint endpoint = endpoint(HELD)) {
      submit(endpoint, JobCall.input(spark, folder, "one", "two", "three"));
      Awaitility.await().until(() -> endpoint.stats().batch().lines() == 1);

      assertThat(command("cancel").code()).isZero();
      endpoint.script(EndpointScript.none());
      JobCall.Ended collected = command("collect", "--wait");

      assertThat(collected.code()).as(collected.err()).isZero();
      assertThat(collected.out()).contains("cancelled *");
      assertThat(collected.summary("answered")).isEqualTo("1");
    }
  }

  @Test
  void withoutACheckpointNothingIsSubmitted() throws IOException {
    Path input = JobCall.input(spark, folder, "one");
    try (LocalEndpoint endpoint = endpoint("{}")) {
      Object[] settings = {
        "--input", input, "--endpoint", endpoint.url(), "--model=local", "--prompt={text}"
      };
      JobCall.Ended submit = JobCall.job(with(settings, "submit"));
      JobCall.Ended table =
          JobCall.job(with(settings, "run", "--mode=batch", "--output=default.answers_of_batches"));

      assertThat(submit.code()).as(submit.err()).isEqualTo(ExitCode.USAGE);
      assertThat(submit.complaints()).singleElement().asString().contains("Option --checkpoint");
      assertThat(table.code()).as(table.err()).isEqualTo(ExitCode.USAGE);
      assertThat(table.complaints()).singleElement().asString().contains("checkpoint");
      assertThat(endpoint.stats().batch().uploads()).isZero();
    }
  }

  @Test
  void aCheckpointWithoutBatchesIsTold() throws IOException {
    for (String command : List.of("status", "collect", "cancel")) {
      JobCall.Ended ended = command(command);

      assertThat(ended.code()).isEqualTo(ExitCode.USAGE);
      assertThat(ended.complaints()).singleElement().asString().contains(checkpoint());
    }
  }

  @Test
  void aMissingKeyIsToldInOneLineBeforeAnythingIsUploaded() throws IOException {
    try (LocalEndpoint endpoint = endpoint("{'requireKey':'sk-right'}")) {
      JobCall.Ended ended = submit(endpoint, JobCall.input(spark, folder, "one"));

      assertThat(ended.code()).isEqualTo(ExitCode.FAILED);
      assertThat(ended.complaints()).singleElement().asString().contains("auth");
      assertThat(endpoint.stats().batch().uploads()).isZero();
    }
  }
}

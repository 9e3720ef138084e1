package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SparkTest
class OutputTest {
  @TempDir Path folder;
  private Path input;
  private Path output;

  @BeforeEach
  void write(SparkSession spark) {
    input = JobCall.input(spark, folder, "one", "two");
    output = folder.resolve("out");
  }

  private static long rows(SparkSession spark, Path path) {
    return spark.read().parquet(path.toString()).count();
  }

  @Test
  void anExistingOutputIsRefusedBeforeAnyCall(SparkSession spark) throws IOException {
    spark.range(3).write().parquet(output.toString());

    try (LocalEndpoint endpoint = LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none())) {
      JobCall.Ended ended =
          JobCall.run(input, output, "--endpoint", endpoint.url(), "--model", "local");

      assertThat(ended.code()).isEqualTo(2);
      assertThat(ended.complaints())
          .containsExactly(
              "Error: Option --output is '"
                  + output
                  + "', which exists; give another, or --save-mode overwrite, append or ignore");
      assertThat(endpoint.stats().requests()).isZero();
    }
    assertThat(rows(spark, output)).isEqualTo(3);
  }

  @Test
  void overwriteReplacesTheOutput(SparkSession spark) {
    spark.range(3).write().parquet(output.toString());

    assertThat(JobCall.run(input, output, "--save-mode", "overwrite").code()).isZero();

    assertThat(rows(spark, output)).isEqualTo(2);
  }

  @Test
  void ignoreLeavesAnExistingOutputAndSaysSo(SparkSession spark) {
    spark.range(3).write().parquet(output.toString());

    JobCall.Ended ended = JobCall.run(input, output, "--save-mode", "ignore");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).contains(output + " exists; nothing was done");
    assertThat(rows(spark, output)).isEqualTo(3);
  }

  @Test
  void appendAddsRowsAndSumsUpThisRunOnly(SparkSession spark, @TempDir Path other) {
    Path failing = JobCall.input(spark, other, "three", "", " ");
    JobCall.run(input, output);

    JobCall.Ended ended =
        JobCall.run(failing, output, "--save-mode", "append", "--max-error-ratio", "0.7");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.summary("rows")).isEqualTo("3");
    assertThat(ended.summary("answers")).isEqualTo("1");
    assertThat(ended.summary("errors")).isEqualTo("2");
    assertThat(rows(spark, output)).isEqualTo(5);
  }

  @Test
  void appendToWhatHasNoErrorColumnIsRefusedBeforeAnyCall(SparkSession spark) {
    spark.range(3).write().parquet(output.toString());

    JobCall.Ended ended = JobCall.run(input, output, "--save-mode", "append");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints()).singleElement().asString().contains("cannot be appended to");
  }

  @Test
  void whatAKilledRunLeftBehindIsReplaced(SparkSession spark) throws IOException {
    Path task = Files.createDirectories(output.resolve("_temporary/0/task_1"));
    Files.writeString(task.resolve("part-0.parquet"), "half");

    assertThat(JobCall.run(input, output).code()).isZero();

    assertThat(rows(spark, output)).isEqualTo(2);
    assertThat(output.resolve("_temporary")).doesNotExist();
    assertThat(output.resolve("_SUCCESS")).exists();
  }

  @Test
  void whatAFailedRunLeftBehindIsReplaced(SparkSession spark) throws IOException {
    Files.createDirectories(output);

    assertThat(JobCall.run(input, output).code()).isZero();

    assertThat(rows(spark, output)).isEqualTo(2);
  }

  @Test
  void aFolderThatHoldsAnythingElseIsNotUnfinished() throws IOException {
    Files.createDirectories(output.resolve("_temporary"));
    Path note = Files.writeString(output.resolve("note.txt"), "mine");

    JobCall.Ended ended = JobCall.run(input, output);

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints()).singleElement().asString().contains("which exists");
    assertThat(note).hasContent("mine");
  }

  @Test
  void theInputIsNotOverwritten(SparkSession spark) {
    JobCall.Ended same = JobCall.run(input, input, "--save-mode", "overwrite");
    JobCall.Ended below =
        JobCall.run(Path.of(input + "/*.parquet"), input, "--save-mode", "overwrite");

    assertThat(same.code()).isEqualTo(2);
    assertThat(same.complaints()).singleElement().asString().contains("would lose the input");
    assertThat(below.code()).isEqualTo(2);
    assertThat(below.complaints()).singleElement().asString().contains("would lose the input");
    assertThat(rows(spark, input)).isEqualTo(2);
  }

  @Test
  void aNameThatNoTableCanHaveIsAPath(SparkSession spark) {
    assertThat(Names.isTable(spark, "labelled-v2")).isFalse();
    assertThat(Names.isTable(spark, "labelled-v2.1")).isFalse();
    assertThat(Names.isTable(spark, "two words")).isFalse();
    assertThat(Names.isTable(spark, "labelled.parquet")).isFalse();
    assertThat(Names.isTable(spark, "labelled")).isFalse();
    assertThat(Names.isTable(spark, "shop.labelled")).isTrue();
    assertThat(Names.isTable(spark, "lake.shop.`labelled v2`")).isTrue();
  }
}

package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.SparkTest;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SparkTest
class RowSelectionTest {
  @TempDir Path folder;
  private Path input;
  private Path output;

  @BeforeEach
  void write(SparkSession spark) {
    input = folder.resolve("in");
    JobCall.texts(spark, "one", "two", "three", "four")
        .selectExpr("id", "id * 2 AS twice", "text", "'x' AS `odd name`")
        .write()
        .parquet(input.toString());
    output = folder.resolve("out");
  }

  @Test
  void columnsAreKeptInTheOrderAskedForAndThePromptsAreDropped(SparkSession spark) {
    JobCall.Ended ended = JobCall.run(input, output, "--columns", "odd name, TWICE,id");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(spark.read().parquet(output.toString()).columns())
        .usingElementComparator(String::compareToIgnoreCase)
        .containsExactly("odd name", "twice", "id", "response", "error");
  }

  @Test
  void anUnknownColumnToKeepIsToldWithThoseThereAre() {
    JobCall.Ended ended = JobCall.run(input, output, "--columns", "id,textt");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints())
        .containsExactly(
            "Error: Option --columns names textt, which the input does not have; its columns: id,"
                + " twice, text, odd name");
  }

  @Test
  void aColumnNamedTwiceIsToldBeforeAnyCall() {
    JobCall.Ended ended = JobCall.run(input, output, "--columns", "id,ID");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints()).singleElement().asString().contains("ID twice");
  }

  @Test
  void anUnknownColumnOfThePromptIsToldWithAllThereAre() {
    JobCall.Ended ended = JobCall.run(input, output, "--columns", "id", "--system", "{nme}");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints())
        .singleElement()
        .asString()
        .contains("system", "nme", "id, twice, text, odd name");
  }

  @Test
  void limitTakesSoManyRows(SparkSession spark) {
    JobCall.Ended ended = JobCall.run(input, output, "--limit", "3");

    assertThat(ended.summary("rows")).isEqualTo("3");
    assertThat(ended.err()).contains("3 of 3 rows");
    assertThat(spark.read().parquet(output.toString()).count()).isEqualTo(3);
  }

  @Test
  void repartitionSpreadsTheRows(SparkSession spark) {
    JobCall.Ended ended = JobCall.run(input, output, "--repartition", "2");

    assertThat(ended.code()).as(ended.err()).isZero();
    Dataset<Row> rows = spark.read().parquet(output.toString());
    assertThat(rows.selectExpr("input_file_name()").distinct().count()).isEqualTo(2);
    assertThat(rows.select("id").distinct().count()).isEqualTo(4);
  }

  @Test
  void anInputWithoutRowsIsAnOutputWithoutRows(SparkSession spark) {
    Path empty = folder.resolve("empty");
    JobCall.texts(spark).write().parquet(empty.toString());

    JobCall.Ended ended = JobCall.run(empty, output);

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.summary("rows")).isEqualTo("0");
    assertThat(spark.read().parquet(output.toString()).columns())
        .containsExactly("id", "text", "response", "error");
  }
}

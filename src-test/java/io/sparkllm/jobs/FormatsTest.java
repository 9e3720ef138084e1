package io.sparkllm.jobs;

import static io.sparkllm.jobs.JobCall.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SparkTest
class FormatsTest {
  @AfterEach
  void dropTables(SparkSession spark) {
    spark.sql("DROP TABLE IF EXISTS job_texts");
    spark.sql("DROP TABLE IF EXISTS job_answers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "orc", "json"})
  void theOutputHasTheFormatOfTheInput(String format, SparkSession spark, @TempDir Path folder) {
    Path input = folder.resolve("in");
    texts(spark, "one", "two").write().format(format).save(input.toString());
    Path output = folder.resolve("out");

    JobCall.Ended ended = JobCall.run(input, output, "--format", format);

    assertThat(ended.code()).as(ended.err()).isZero();
    // JSON without any error has no error column to read back.
    assertThat(ended.summary("rows")).isEqualTo("2");
    assertThat(ended.summary("answers")).isEqualTo("2");
    assertThat(spark.read().format(format).load(output.toString()).select("response").count())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "orc", "json"})
  void vectorsAndStructsAreWrittenInEachFormatThatHoldsErrors(
      String format, SparkSession spark, @TempDir Path folder) {
    Path input = JobCall.input(spark, folder, "one", "two", "");
    for (String api : List.of("embeddings", "moderations")) {
      Path output = folder.resolve(api);

      JobCall.Ended ended =
          JobCall.job(
              "run",
              "--input",
              input,
              "--output",
              output,
              "--output-format",
              format,
              "--endpoint=local",
              "--api",
              api,
              "--text-col=text",
              "--max-error-ratio=0.5");

      assertThat(ended.code()).as(ended.err()).isZero();
      assertThat(ended.summary("answers")).isEqualTo("2");
      Dataset<Row> rows = spark.read().format(format).load(output.toString());
      String answered = api.equals("embeddings") ? "size(response) = 256" : "NOT response.flagged";
      assertThat(rows.where(answered).count()).isEqualTo(2);
    }
  }

  @Test
  void aCsvFileOfVectorsIsRefusedBeforeAnyCall(SparkSession spark, @TempDir Path folder) {
    JobCall.Ended ended =
        JobCall.job(
            "run",
            "--input",
            JobCall.input(spark, folder, "one"),
            "--output",
            folder.resolve("out"),
            "--output-format=csv",
            "--endpoint=local",
            "--api=embeddings",
            "--text-col=text");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints()).singleElement().asString().contains("'csv'", "parquet");
  }

  @Test
  void aCsvFileIsAnsweredInParquetAsCsvHoldsNoErrors(SparkSession spark, @TempDir Path folder)
      throws IOException {
    Path input = Files.writeString(folder.resolve("in.csv"), "id,text\n1,one\n2,\n");
    Path output = folder.resolve("out");

    JobCall.Ended ended =
        JobCall.run(
            input,
            output,
            "--format=csv",
            "--read-option=header=true",
            "--read-option=inferSchema=true",
            "--max-error-ratio=0.5");

    assertThat(ended.code()).as(ended.err()).isZero();
    Dataset<Row> rows = spark.read().parquet(output.toString());
    assertThat(rows.columns()).containsExactly("id", "text", "response", "error");
    assertThat(rows.where("id = 2 AND error.type = 'invalid_input'").count()).isEqualTo(1);
  }

  @Test
  void theOutputFormatCanBeAnother(SparkSession spark, @TempDir Path folder) {
    Path input = JobCall.input(spark, folder, "one");
    Path output = folder.resolve("out");

    JobCall.Ended ended =
        JobCall.run(input, output, "--output-format=json", "--write-option=compression=gzip");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(output.toFile().list()).anyMatch(name -> name.endsWith(".json.gz"));
  }

  @Test
  void tablesAreGivenByTheirNames(SparkSession spark) {
    texts(spark, "one", "two").write().saveAsTable("job_texts");

    JobCall.Ended ended = JobCall.run(Path.of("job_texts"), "default.job_answers");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.summary("rows")).isEqualTo("2");
    assertThat(spark.table("job_answers").where("response IS NOT NULL").count()).isEqualTo(2);
  }

  @Test
  void aTableIsAppendedToAndOverwritten(SparkSession spark) {
    texts(spark, "one", "two").write().saveAsTable("job_texts");
    Path input = Path.of("job_texts");
    JobCall.run(input, "default.job_answers");

    assertThat(JobCall.run(input, "job_answers").code()).isEqualTo(2);
    JobCall.Ended appended = JobCall.run(input, "job_answers", "--save-mode=append");
    assertThat(appended.code()).as(appended.err()).isZero();
    assertThat(appended.summary("rows")).isEqualTo("2");
    assertThat(spark.table("job_answers").count()).isEqualTo(4);
    JobCall.Ended over = JobCall.run(input, "job_answers", "--save-mode=overwrite");
    assertThat(over.code()).as(over.err()).isZero();
    assertThat(spark.table("job_answers").count()).isEqualTo(2);
  }

  @Test
  void aTableIsNotOverwrittenByItself(SparkSession spark) {
    texts(spark, "one").write().saveAsTable("job_texts");

    JobCall.Ended ended = JobCall.run(Path.of("job_texts"), "job_texts", "--save-mode=overwrite");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(spark.table("job_texts").count()).isEqualTo(1);
  }

  @Test
  void aTableOfAMissingDatabaseIsToldBeforeAnyCall(SparkSession spark, @TempDir Path folder) {
    JobCall.Ended ended = JobCall.run(JobCall.input(spark, folder, "one"), "nowhere.answers");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints())
        .singleElement()
        .asString()
        .contains("'nowhere.answers'", "no database nowhere", "./nowhere.answers");
  }

  @Test
  void aFileOfAnotherFormatIsToldWithTheCure(SparkSession spark, @TempDir Path folder)
      throws IOException {
    Path input = Files.writeString(folder.resolve("in.json"), "{\"text\": \"one\"}\n");

    JobCall.Ended ended = JobCall.run(input, folder.resolve("out"));

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints())
        .singleElement()
        .asString()
        .contains(input.toString(), "cannot be read as parquet", "--format");
  }

  @Test
  void anUnknownFormatIsToldWithTheCure(SparkSession spark, @TempDir Path folder) {
    Path input = JobCall.input(spark, folder, "one");

    JobCall.Ended ended = JobCall.run(input, folder.resolve("out"), "--format=parket");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints()).singleElement().asString().contains("parket", "--format");
  }
}

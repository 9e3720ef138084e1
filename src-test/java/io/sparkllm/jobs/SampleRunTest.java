package io.sparkllm.jobs;

import static io.sparkllm.jobs.JobCall.SAMPLE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.DataFrames;
import io.sparkllm.testing.SparkTest;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SparkTest
class SampleRunTest {
  /** Of the 314 tickets; the README names the nasty ones. */
  private static final int TICKETS = 314;

  private static final int BLANK = 4;

  @Test
  @Tag("smoke")
  void theSampleIsLabelledFromOneEndToTheOther(SparkSession spark, @TempDir Path folder) {
    Path output = folder.resolve("labelled.parquet");

    JobCall.Ended ended =
        JobCall.job(
            "run",
            "--input",
            SAMPLE.resolve("tickets.parquet"),
            "--output",
            output,
            "--endpoint",
            "local",
            "--prompt",
            "Classify as bug, question or other: {text}",
            "--columns",
            "ticket_id,gold",
            "--show",
            "3");

    assertThat(ended.code()).as(ended.err()).isZero();
    Dataset<Row> labelled = spark.read().parquet(output.toString()).cache();
    assertThat(labelled.columns()).containsExactly("ticket_id", "gold", "response", "error");
    assertThat(labelled.select("ticket_id").distinct().count()).isEqualTo(TICKETS);
    assertThat(labelled.where("(response IS NULL) = (error IS NULL)").count()).isZero();
    assertThat(labelled.where("error IS NOT NULL AND error.type <> 'invalid_input'").count())
        .isZero();
    assertThat(labelled.where("response = gold").count())
        .isGreaterThanOrEqualTo(TICKETS * 75 / 100);

    assertThat(ended.summary("output")).isEqualTo(output.toString());
    assertThat(ended.summary("rows")).isEqualTo(String.valueOf(TICKETS));
    assertThat(ended.summary("answers")).isEqualTo(String.valueOf(TICKETS - BLANK));
    assertThat(ended.summary("errors")).isEqualTo(String.valueOf(BLANK));
    assertThat(ended.out()).containsPattern("invalid_input +4 +for example: Every column of the");
    assertThat(ended.summary("time")).matches("\\d+:\\d\\d");
    assertThat(ended.out())
        .contains("only showing top 3 rows")
        .containsPattern("(\\n\\| +\\d{5}\\|[^\\n]+){3}\\n\\+");
    assertThat(ended.err()).contains("314 of 314 rows (100 %)");
  }

  @Test
  void tokensAreSummedFromTheMetadataWhereItIsWritten(SparkSession spark, @TempDir Path folder) {
    Path output = folder.resolve("labelled.parquet");

    JobCall.Ended counted =
        JobCall.run(SAMPLE.resolve("tickets.parquet"), folder.resolve("counted"));
    JobCall.Ended written =
        JobCall.run(SAMPLE.resolve("tickets.parquet"), output, "--metadata-col", "meta");

    long tokens =
        spark
            .read()
            .parquet(output.toString())
            .selectExpr("sum(meta.total_tokens)")
            .first()
            .getLong(0);
    String shown = String.format(java.util.Locale.ROOT, "%,d", tokens);
    assertThat(written.summary("tokens")).isEqualTo(shown);
    assertThat(counted.summary("tokens")).isEqualTo(shown + " (counted while running)");
  }

  @Test
  void theParquetFileIsTheJsonLinesFileRebuilt(SparkSession spark, DataFrames frames) {
    Dataset<Row> parquet = sample(spark.read().parquet(SAMPLE + "/tickets.parquet"));
    Dataset<Row> lines =
        sample(spark.read().schema(parquet.schema()).json(SAMPLE + "/tickets.jsonl"));

    assertThat(parquet.count()).isEqualTo(TICKETS);
    assertThat(lines.where("text LIKE '%[[repeat %'").count()).isEqualTo(1);
    long repeated = lines.where("text LIKE '%[[repeat %'").first().getLong(0);
    assertThat(parquet.where(length(col("text")).gt(50_000)).first().getLong(0))
        .isEqualTo(repeated);
    frames.assertSameRows(
        lines.where(col("ticket_id").notEqual(repeated)),
        parquet.where(col("ticket_id").notEqual(repeated)));
    frames.assertSameRows(lines.drop("text"), parquet.drop("text"));
  }

  private static Dataset<Row> sample(Dataset<Row> tickets) {
    return tickets.select(
        "ticket_id", "created_at", "product", "channel", "priority", "gold", "text");
  }
}

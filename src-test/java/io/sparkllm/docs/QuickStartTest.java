package io.sparkllm.docs;

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

/**
 * The README's quick starts, run as they stand there against the local endpoint, over the first
 * tickets of the sample. All give the table of {@code resources/quickstart/labelled.jsonl}, which
 * the Python tests compare with too.
 */
@SparkTest
@Tag("smoke")
class QuickStartTest {
  private final SparkSession spark;
  private final DataFrames frames;
  private final Dataset<Row> expected;
  private final Dataset<Row> tickets;

  QuickStartTest(SparkSession spark, DataFrames frames) {
    this.spark = spark;
    this.frames = frames;
    this.expected =
        spark
            .read()
            .schema("ticket_id BIGINT, response STRING, error STRING")
            .json("resources/quickstart/labelled.jsonl");
    this.tickets =
        spark
            .read()
            .parquet("../jobs/sample/tickets.parquet")
            .join(expected.select("ticket_id"), "ticket_id");
  }

  @Test
  void inJava(@TempDir Path folder) {
    assertLabelled(ReadmeCode.block("In Java", "java").run(folder, spark, tickets));
  }

  @Test
  void inAnMlPipeline(@TempDir Path folder) {
    assertLabelled(ReadmeCode.block("In an ML pipeline", "java").run(folder, spark, tickets));
  }

  @Test
  void inSql() {
    tickets.createOrReplaceTempView("tickets");

    for (String statement : ReadmeCode.block("In SQL", "sql").statements()) {
      spark.sql(statement);
    }

    assertLabelled(spark.table("labelled"));
  }

  private void assertLabelled(Dataset<Row> labelled) {
    assertThat(expected.count()).isEqualTo(20);
    frames.assertSameRows(
        expected,
        labelled.selectExpr("bigint(ticket_id) ticket_id", "response", "error.type error"));
  }
}

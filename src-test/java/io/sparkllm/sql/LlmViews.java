package io.sparkllm.sql;

import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.Jobs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * An input of twelve rows in two partitions as the view {@code tickets}, and views over it whose
 * answers are the SHA-256 of the prompt. The prompt of row 7 is null.
 */
final class LlmViews implements AutoCloseable {
  /** What a view that asks for {text} must hold. */
  static final String EXPECTED =
      "(SELECT *, if(text IS NULL, NULL, 'sha256:' || sha2(text, 256)) response,"
          + " if(text IS NULL, 'invalid_input', NULL) type FROM tickets)";

  /** Rows of {@link #EXPECTED}. */
  static final int ROWS = 12;

  /** Of those, the ones that are asked. */
  static final int ASKED = 11;

  private final SparkSession spark;
  private final LocalEndpoint endpoint;

  LlmViews(SparkSession spark) {
    this.spark = spark;
    try {
      this.endpoint = LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    spark
        .range(0, ROWS, 1, 2)
        .selectExpr(
            "id",
            "if(id = 7, NULL, 'row ' || id) text",
            "if(id % 3 = 0, NULL, int(id)) n",
            "cast(id AS DECIMAL(10, 2)) / 4 amount",
            "date_add(DATE '2026-01-01', int(id)) day",
            "timestamp_seconds(1700000000 + id * 3600) at",
            "id % 2 = 0 even",
            "id `odd name`",
            "id `dot.name`",
            "id `tick``name`")
        .createOrReplaceTempView("tickets");
  }

  /** A view that reads {@code tickets} and asks for {text}, with further options. */
  LlmViews view(String name, String... options) {
    return over(name, "table 'tickets', prompt '{text}'", options);
  }

  /** A view with an input and a prompt of its own. */
  LlmViews over(String name, String input, String... options) {
    spark.sql(
        "CREATE OR REPLACE TEMPORARY VIEW "
            + name
            + " USING llm OPTIONS ("
            + input
            + ", endpoint '"
            + endpoint.url()
            + "', model 'echo'"
            + (options.length == 0 ? "" : ", " + String.join(", ", options))
            + ")");
    return this;
  }

  String url() {
    return endpoint.url();
  }

  List<Row> rows(String query) {
    return spark.sql(query).collectAsList();
  }

  /** The calls that a query makes. */
  long calls(String query) {
    endpoint.resetStats();
    rows(query);
    return endpoint.stats().requests();
  }

  long calls() {
    return endpoint.stats().requests();
  }

  int jobs(String query) {
    return Jobs.during(spark, () -> rows(query));
  }

  @Override
  public void close() {
    endpoint.close();
  }
}

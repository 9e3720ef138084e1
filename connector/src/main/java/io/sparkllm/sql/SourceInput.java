package io.sparkllm.sql;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The rows that the source reads: a table or view by its name, or a query; the other is null.
 *
 * @param table a name as SQL takes it, such as {@code sales.`odd name`}
 * @param query a SELECT, without what Spark would run at once
 */
record SourceInput(String table, String query) {

  /**
   * Takes the one that is given.
   *
   * @throws IllegalArgumentException where none or both are given
   */
  static SourceInput of(String table, String query) {
    if ((table == null) == (query == null)) {
      throw new IllegalArgumentException(
          (table == null ? "Neither table nor query is set" : "Both table and query are set")
              + "; set table to the name of a table or view, or query to a SELECT");
    }
    return new SourceInput(table, query);
  }

  /**
   * Looks the table up, or analyses the query. No job.
   *
   * @throws IllegalArgumentException with Spark's reason on one line
   */
  Dataset<Row> read(SparkSession spark) {
    Dataset<Row> rows;
    try {
      // Within a SELECT, where a command, which would run at once, is a syntax error. The line
      // break
      // ends a comment.
      rows = table != null ? spark.table(table) : spark.sql("SELECT * FROM (\n" + select() + "\n)");
    } catch (Exception e) {
      // Spark's AnalysisException is a checked one that Java is not told of.
      throw new IllegalArgumentException(
          "Option " + this + " cannot be read: " + String.valueOf(e.getMessage()).split("\n", 2)[0],
          e);
    }
    if (rows.isStreaming()) {
      throw new IllegalArgumentException(
          "Option "
              + this
              + " is a stream, which the llm source does not read; use Llm.transform in"
              + " Java or Python");
    }
    return rows;
  }

  private String select() {
    return query.strip().replaceAll(";+$", "");
  }

  @Override
  public String toString() {
    String text =
        table != null ? "table is '" + table : "query is '" + query.replaceAll("\\s+", " ");
    return (text.length() <= 100 ? text : text.substring(0, 100) + "…") + "'";
  }
}

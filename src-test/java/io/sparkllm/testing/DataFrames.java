package io.sparkllm.testing;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Comparisons of DataFrames, by spark-testing-base. Each runs Spark jobs over both sides. */
public interface DataFrames {

  /**
   * Fails unless both have the same schema and the same rows, duplicates counted. The order of the
   * rows is not looked at; a row is named in the message when it is missing on one side.
   */
  void assertSameRows(Dataset<Row> expected, Dataset<Row> actual);
}

package io.sparkllm.jobs;

import io.sparkllm.Assumptions;
import io.sparkllm.Estimate;
import io.sparkllm.Llm;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The input: a path in any format that Spark reads, or a table. */
record Source(String name, String format, Map<String, String> options) {
  /** Formats that know their number of rows without reading them. */
  private static final List<String> COUNTED = List.of("parquet", "orc", "delta");

  Dataset<Row> read(SparkSession spark) {
    if (Names.isTable(spark, name)) {
      if (!spark.catalog().tableExists(name)) {
        throw new UsageException(
            "Option --input is '" + name + "': there is no such table and no such path");
      }
      return spark.table(name);
    }
    if (!Names.exists(spark, name)) {
      throw new UsageException(
          "Option --input is '"
              + name
              + "': there is no such path; give an existing path or table");
    }
    try {
      return spark.read().format(format).options(options).load(name);
    } catch (Exception e) {
      // Spark's exceptions are checked in Scala only.
      throw new UsageException(
          "Option --input is '"
              + name
              + "', which cannot be read as "
              + format
              + ": "
              + Failures.firstLine(e)
              + "; set --format to what it is",
          e);
    }
  }

  /** What a run over the rows, or the first so many of them, would take. */
  Estimate estimate(SparkSession spark, Llm llm, Integer limit, Assumptions assumptions) {
    Dataset<Row> all = read(spark);
    return llm.estimate(limit == null ? all : all.limit(limit), assumptions);
  }

  /** Whether counting the rows is cheap. */
  boolean isCounted(SparkSession spark) {
    return Names.isTable(spark, name) || COUNTED.contains(format.toLowerCase(Locale.ROOT));
  }
}

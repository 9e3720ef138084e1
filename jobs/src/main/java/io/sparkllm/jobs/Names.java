package io.sparkllm.jobs;

import java.io.IOException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Tells paths from table names, and looks at what is there. */
final class Names {
  private static final Pattern FILE_ENDING =
      Pattern.compile(".*\\.(parquet|orc|json|jsonl|csv|avro|delta|txt|xml)(\\.\\w+)?");

  /** {@code table}, {@code database.table}, {@code catalog.database.table}. */
  private static final Pattern IDENTIFIER =
      Pattern.compile("(\\w+|`[^`]+`)(\\.(\\w+|`[^`]+`))*", Pattern.UNICODE_CHARACTER_CLASS);

  private Names() {}

  /**
   * A path has a slash or a colon, ends as files do, exists as one, or is no identifier. A name
   * with dots otherwise, and the name of an existing table, is a table; any other bare word is a
   * path.
   */
  static boolean isTable(SparkSession spark, String name) {
    if (name.contains("/") || name.contains("\\") || name.contains(":") || name.contains("*")) {
      return false;
    }
    if (FILE_ENDING.matcher(name.toLowerCase(Locale.ROOT)).matches() || exists(spark, name)) {
      return false;
    }
    // Spark fails on names that it cannot parse: labelled-v2 is a path.
    return IDENTIFIER.matcher(name).matches()
        && (name.contains(".") || spark.catalog().tableExists(name));
  }

  static boolean exists(SparkSession spark, String path) {
    try {
      FileStatus[] found = fileSystem(spark, path).globStatus(new Path(path));
      return found != null && found.length > 0;
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException("The path '" + path + "' cannot be read: " + e.getMessage(), e);
    }
  }

  static FileSystem fileSystem(SparkSession spark, String path) throws IOException {
    return new Path(path).getFileSystem(spark.sparkContext().hadoopConfiguration());
  }
}

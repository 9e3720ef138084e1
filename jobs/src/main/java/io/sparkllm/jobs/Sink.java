package io.sparkllm.jobs;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * The output: a path in any format that Spark writes, or a table.
 *
 * @param name the path or table
 * @param format the format that was asked for; null for the default
 * @param inputFormat the format of the input, which a path's default follows
 * @param options for Spark's writer
 * @param mode what to do when the output exists
 */
record Sink(
    String name, String format, String inputFormat, Map<String, String> options, String mode) {
  /** Formats of flat texts. */
  private static final List<String> FLAT = List.of("csv", "text");

  /** Formats whose schema Spark guesses from the data: without errors there is no error column. */
  private static final List<String> INFERRED = List.of("json", "xml");

  static boolean holdsStructs(String format) {
    return !FLAT.contains(format.toLowerCase(Locale.ROOT));
  }

  private String pathFormat() {
    if (format != null) {
      return format;
    }
    return holdsStructs(inputFormat) ? inputFormat : "parquet";
  }

  /** Keeps other runs away while this one writes; null where there is no path to keep. */
  OutputClaim claim(SparkSession spark) {
    if (mode.equals("append") || Names.isTable(spark, name)) {
      return null;
    }
    try {
      return OutputClaim.take(Names.fileSystem(spark, name), new Path(name));
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException(
          "Option --output is '" + name + "', which cannot be written: " + e.getMessage(), e);
    }
  }

  /** The directory beside the output that keeps its answers; null where the output is a table. */
  String checkpoint(SparkSession spark) {
    return Names.isTable(spark, name) ? null : name.replaceAll("/+$", "") + "_checkpoint";
  }

  /** Overwriting the output must not remove the answers. */
  void requireApart(SparkSession spark, String checkpoint) {
    if (checkpoint == null || Names.isTable(spark, name)) {
      return;
    }
    String output = qualified(spark, name).toString();
    String kept = qualified(spark, checkpoint).toString();
    if (kept.equals(output) || kept.startsWith(output + "/")) {
      throw new UsageException(
          "Option --checkpoint is '"
              + checkpoint
              + "', which lies in the output and would be overwritten with it; name a directory"
              + " elsewhere");
    }
  }

  /** Looks at what is there before anything is paid for. True when there is nothing to do. */
  boolean prepare(SparkSession spark, String input, Dataset<Row> rows) {
    boolean table = Names.isTable(spark, name);
    if (table) {
      requireDatabase(spark);
    } else if (!mode.equals("append")) {
      removeUnfinished(spark);
    }
    boolean exists = table ? spark.catalog().tableExists(name) : Names.exists(spark, name);
    if (exists && mode.equals("error")) {
      throw new UsageException(
          "Option --output is '"
              + name
              + "', which exists; give another, or --save-mode overwrite, append or ignore");
    }
    if (mode.equals("overwrite") && (table ? name.equalsIgnoreCase(input) : holds(spark, rows))) {
      throw new UsageException(
          "Option --output is '"
              + name
              + "', which holds the input '"
              + input
              + "': overwriting it would lose the input; write elsewhere");
    }
    return exists && mode.equals("ignore");
  }

  private void requireDatabase(SparkSession spark) {
    int dot = name.lastIndexOf('.');
    if (dot > 0 && !spark.catalog().databaseExists(name.substring(0, dot))) {
      throw new UsageException(
          "Option --output is '"
              + name
              + "', a table by its dot, and there is no database "
              + name.substring(0, dot)
              + "; create it, or write ./"
              + name
              + " if a path is meant");
    }
  }

  /** Whether a file of the input is this path or lies below it, a table's files included. */
  private boolean holds(SparkSession spark, Dataset<Row> input) {
    String path = qualified(spark, name).toUri().getPath();
    return Stream.of(input.inputFiles())
        .map(file -> URI.create(file).getPath())
        .anyMatch(file -> file.equals(path) || file.startsWith(path + "/"));
  }

  private static Path qualified(SparkSession spark, String path) {
    try {
      return Names.fileSystem(spark, path).makeQualified(new Path(path));
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException("The path '" + path + "' cannot be used: " + e.getMessage(), e);
    }
  }

  /** A directory without {@code _SUCCESS} and without data is what a killed run leaves behind. */
  private void removeUnfinished(SparkSession spark) {
    try {
      FileSystem files = Names.fileSystem(spark, name);
      Path path = new Path(name);
      if (!files.exists(path) || !files.getFileStatus(path).isDirectory()) {
        return;
      }
      for (FileStatus child : files.listStatus(path)) {
        if (!child.getPath().getName().equals("_temporary")) {
          return;
        }
      }
      files.delete(path, true);
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException(
          "Option --output is '" + name + "', which cannot be used: " + e.getMessage(), e);
    }
  }

  void write(Dataset<Row> rows) {
    var writer = rows.write().options(options).mode(mode);
    if (!Names.isTable(rows.sparkSession(), name)) {
      writer.format(pathFormat()).save(name);
    } else if (format == null) {
      // A new table gets Spark's default (Delta on Databricks), an existing one keeps its own.
      writer.saveAsTable(name);
    } else {
      writer.format(format).saveAsTable(name);
    }
  }

  /** Reads the output; the schema is that of what was or will be written. */
  Dataset<Row> readBack(SparkSession spark, StructType schema) {
    if (Names.isTable(spark, name)) {
      return spark.table(name);
    }
    DataFrameReader reader = spark.read().format(pathFormat()).options(options);
    return INFERRED.contains(pathFormat().toLowerCase(Locale.ROOT))
        ? reader.schema(schema).load(name)
        : reader.load(name);
  }

  boolean exists(SparkSession spark) {
    return Names.isTable(spark, name)
        ? spark.catalog().tableExists(name)
        : Names.exists(spark, name);
  }
}

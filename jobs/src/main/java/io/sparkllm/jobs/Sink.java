package io.sparkllm.jobs;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The output: a path in any format that Spark writes, or a table. */
record Sink(String name, String format, Map<String, String> options, String mode) {
  /** Looks at what is there before anything is paid for. True when there is nothing to do. */
  boolean prepare(SparkSession spark, String input) {
    boolean table = Names.isTable(spark, name);
    if (!table) {
      removeUnfinished(spark);
    }
    boolean exists = table ? spark.catalog().tableExists(name) : Names.exists(spark, name);
    if (exists && mode.equals("error")) {
      throw new UsageException(
          "Option --output is '"
              + name
              + "', which exists; give another, or --save-mode overwrite, append or ignore");
    }
    if (mode.equals("overwrite") && isSame(spark, input, table)) {
      throw new UsageException(
          "Options --input and --output are both '"
              + name
              + "': overwriting it would lose the input; write elsewhere");
    }
    return exists && mode.equals("ignore");
  }

  private boolean isSame(SparkSession spark, String input, boolean table) {
    if (table) {
      return name.equalsIgnoreCase(input);
    }
    return !Names.isTable(spark, input) && qualified(spark, name).equals(qualified(spark, input));
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
    var writer = rows.write().format(format).options(options).mode(mode);
    if (Names.isTable(rows.sparkSession(), name)) {
      writer.saveAsTable(name);
    } else {
      writer.save(name);
    }
  }

  Dataset<Row> readBack(SparkSession spark) {
    return Names.isTable(spark, name)
        ? spark.table(name)
        : spark.read().format(format).options(options).load(name);
  }

  boolean exists(SparkSession spark) {
    return Names.isTable(spark, name)
        ? spark.catalog().tableExists(name)
        : Names.exists(spark, name);
  }
}

package io.sparkllm.jobs;

import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * The Spark session of a command: the running one, or one of our own that is stopped at the end.
 */
final class Sessions implements AutoCloseable {
  private final SparkSession spark;
  private final boolean ours;

  private Sessions(SparkSession spark, boolean ours) {
    this.spark = spark;
    this.ours = ours;
  }

  static Sessions open() {
    boolean ours = !isShared();
    SparkSession.Builder builder = SparkSession.builder();
    if (ours) {
      // Two tasks on the same rows would pay twice.
      builder.appName("spark-llm-batch").config("spark.speculation", false);
    }
    if (ours && !new SparkConf().contains("spark.ui.showConsoleProgress")) {
      // Spark's own bar and the progress line would overwrite each other.
      builder.config("spark.ui.showConsoleProgress", false);
    }
    return new Sessions(builder.getOrCreate(), ours);
  }

  /** Whether somebody else made the session, as on Databricks: not ours to stop. */
  static boolean isShared() {
    try {
      return SparkSession.getDefaultSession().isDefined();
    } catch (NoClassDefFoundError e) {
      // `serve` runs without Spark as well.
      return false;
    }
  }

  SparkSession spark() {
    return spark;
  }

  @Override
  public void close() {
    if (ours) {
      spark.stop();
    }
  }
}

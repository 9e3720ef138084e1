package io.sparkllm.jobs;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/** How commands that only handle files find the file systems: as a session would, without one. */
final class HadoopSettings {
  private static final String PREFIX = "spark.hadoop.";

  private HadoopSettings() {}

  /** The running session's, or what {@code spark-submit} was given. */
  static Configuration current() {
    return Sessions.isShared()
        ? SparkSession.getDefaultSession().get().sparkContext().hadoopConfiguration()
        : of(new SparkConf());
  }

  static Configuration of(SparkConf spark) {
    Configuration hadoop = new Configuration();
    for (Tuple2<String, String> setting : spark.getAllWithPrefix(PREFIX)) {
      hadoop.set(setting._1(), setting._2());
    }
    return hadoop;
  }
}

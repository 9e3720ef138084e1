package io.sparkllm;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/** How many executors there are to work, or may become. */
final class Executors {
  private static final int SPARKS_DEFAULT = 200;
  private static final int TASKS_PER_CORE = 3;

  private Executors() {}

  /**
   * Partitions of a shuffle whose tasks call: what {@code spark.sql.shuffle.partitions} was set to,
   * else a few for each core, as each task begins carefully and its last calls leave places empty.
   * Spark's default where executors come and go.
   */
  static int partitions(SparkSession spark) {
    String set = spark.conf().get("spark.sql.shuffle.partitions", null);
    if (set != null) {
      return Integer.parseInt(set);
    }
    SparkContext context = spark.sparkContext();
    return context.getConf().getBoolean("spark.dynamicAllocation.enabled", false)
        ? SPARKS_DEFAULT
        : TASKS_PER_CORE * context.defaultParallelism();
  }

  /** The most that there are or may become; never too few, or a limit would not hold. */
  static int expected(SparkContext spark) {
    SparkConf conf = spark.getConf();
    // The driver is one of them.
    int now = spark.statusTracker().getExecutorInfos().length - 1;
    int most = Math.max(1, Math.max(now, conf.getInt("spark.executor.instances", 1)));
    return conf.getBoolean("spark.dynamicAllocation.enabled", false)
        ? Math.max(most, conf.getInt("spark.dynamicAllocation.maxExecutors", most))
        : most;
  }
}

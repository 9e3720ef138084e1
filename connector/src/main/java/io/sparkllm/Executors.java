package io.sparkllm;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/** Among how many executors limits are shared where they cannot ask the driver. */
final class Executors {
  private Executors() {}

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

package io.sparkllm.testing;

import com.holdenkarau.spark.testing.JavaDataFrameSuiteBase;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The one Spark session of the tests' JVM, kept by spark-testing-base. Owned by {@link
 * SparkExtension}, which calls what JUnit 4 would call by its annotations.
 */
final class SharedSpark extends JavaDataFrameSuiteBase implements DataFrames, AutoCloseable {

  static SharedSpark start() {
    SharedSpark shared = new SharedSpark();
    shared.runBefore();
    return shared;
  }

  @Override
  public SparkConf conf() {
    return super.conf()
        .setMaster("local[2]")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.ui.enabled", "false")
        .set("spark.ui.showConsoleProgress", "false")
        .set("spark.sql.session.timeZone", "UTC")
        // 200 shuffle partitions on two cores would be most of a small test's time.
        .set("spark.sql.shuffle.partitions", "4");
  }

  /** Hive's metastore takes seconds to start and no test needs one. */
  @Override
  public boolean enableHiveSupport() {
    return false;
  }

  @Override
  public void assertSameRows(Dataset<Row> expected, Dataset<Row> actual) {
    assertDataFrameNoOrderEquals(expected, actual);
  }

  @Override
  public void close() {
    runAfterClass();
  }
}

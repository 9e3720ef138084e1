package io.sparkllm.testing;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@SparkTest
@Tag("smoke")
class SparkExtensionTest {

  @Test
  void everyTestGetsTheSameQuietLocalSession(SparkSession first, SparkSession second) {
    assertThat(first).isSameAs(second);
    assertThat(first.sparkContext().master()).isEqualTo("local[2]");
    assertThat(first.sparkContext().uiWebUrl().isEmpty()).isTrue();
    assertThat(first.conf().get("spark.driver.host")).isEqualTo("127.0.0.1");
    assertThat(first.conf().get("spark.sql.catalogImplementation")).isEqualTo("in-memory");
  }

  @Test
  void theSparkUnderTestIsTheOneThatTheProfileNames(SparkSession spark) {
    assertThat(spark.version()).isEqualTo(System.getProperty("test.spark.version"));
  }

  @Test
  void rowsInAnotherOrderAreTheSameRows(SparkSession spark, DataFrames frames) {
    Dataset<Row> rows = spark.range(10).toDF("id");

    frames.assertSameRows(rows.orderBy(col("id")), rows.orderBy(col("id").desc()));
  }

  @Test
  void aMissingOrDoubledRowIsNoticed(SparkSession spark, DataFrames frames) {
    Dataset<Row> ten = spark.range(10).toDF("id");
    Dataset<Row> nine = spark.range(9).toDF("id");

    assertThatThrownBy(() -> frames.assertSameRows(ten, nine)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> frames.assertSameRows(nine.union(nine), nine.union(ten)))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void surefireOpensEveryPackageThatSparkSubmitOpens() {
    List<String> opened =
        Stream.of(JavaModuleOptions.defaultModuleOptions().split(" ", -1))
            .filter(option -> option.startsWith("--add-opens"))
            .toList();

    assertThat(opened).hasSizeGreaterThan(10);
    assertThat(ManagementFactory.getRuntimeMXBean().getInputArguments()).containsAll(opened);
  }
}

package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Streams are transformed as tables are. */
@SparkTest
@Tag("smoke")
@ExtendWith(LeakCheck.class)
class StreamingTest {

  @Test
  void rowsOfAStreamAreAnsweredEachOnce(SparkSession spark, @TempDir Path folder) throws Exception {
    String files = folder.resolve("in").toString();
    Dataset<Row> input = spark.range(0, 60, 1, 3).selectExpr("id", "'row ' || id text");
    input.write().parquet(files);
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Dataset<Row> stream =
          spark
              .readStream()
              .schema(input.schema())
              .option("maxFilesPerTrigger", "1")
              .parquet(files);
      StreamingQuery query =
          Scripted.echo(endpoint)
              .transform(stream)
              .writeStream()
              .format("memory")
              .queryName("answered")
              .option("checkpointLocation", folder.resolve("offsets").toString())
              .trigger(Trigger.AvailableNow())
              .start();
      query.processAllAvailable();
      query.stop();

      Dataset<Row> answered = spark.table("answered");
      assertThat(answered.count()).isEqualTo(60);
      assertThat(answered.select("id").distinct().count()).isEqualTo(60);
      assertThat(answered.filter("response = 'sha256:' || sha2(text, 256)").count()).isEqualTo(60);
      assertThat(endpoint.stats().doubles()).isZero();
    } finally {
      spark.catalog().dropTempView("answered");
    }
  }
}

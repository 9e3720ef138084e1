package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.RunMonitor;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.ForkedSpark;
import io.sparkllm.testing.ForkedSpark.Finished;
import java.time.Duration;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A notebook's JVM outlives its Spark context: what the connector keeps must fit the next one. */
class RestartedContextTest {
  private static final String LIMIT = "{\"rateLimit\": {\"requestsPerMinute\": 1200}}";

  @Test
  void anotherContextOfTheSameJvmIsServedToo() {
    try (LocalEndpoint endpoint = Scripted.endpoint(LIMIT)) {
      Finished finished =
          ForkedSpark.main(Contexts.class)
              .master("local[2]")
              .arguments(endpoint.url())
              .timeLimit(Duration.ofMinutes(2))
              .run();

      assertThat(finished.exitCode()).as(finished.err()).isZero();
      assertThat(finished.lines("answers: ")).containsExactly("30", "30");
      assertThat(finished.lines("counted: ")).containsExactly("30", "30");
      assertThat(endpoint.stats().byStatus()).containsOnly(Map.entry(200, 60L));
      assertThat(finished.err()).doesNotContain("cannot ask", "cannot be asked");
    }
  }

  /** The application: two contexts, one after the other. */
  public static final class Contexts {
    private Contexts() {}

    public static void main(String[] args) {
      for (int context = 0; context < 2; context++) {
        SparkSession spark = SparkSession.builder().getOrCreate();
        try (RunMonitor monitor = new RunMonitor()) {
          Dataset<Row> rows =
              spark
                  .range(0, 30, 1, 2)
                  .selectExpr("id", "'context %d, row ' || id text".formatted(context));
          long answers =
              Scripted.echo(args[0])
                  .requestsPerMinute(1_200)
                  .transform(rows, monitor)
                  .filter("response = 'sha256:' || sha2(text, 256)")
                  .count();
          System.out.println("answers: " + answers);
          Awaitility.await()
              .atMost(Duration.ofSeconds(20))
              .until(() -> monitor.counts().rows() >= 30);
          System.out.println("counted: " + monitor.counts().rows());
        }
        spark.stop();
      }
    }
  }
}

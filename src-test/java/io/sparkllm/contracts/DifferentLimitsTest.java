package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.LogWatch;
import io.sparkllm.testing.SparkTest;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Contract 5 where DataFrames that share a service do not agree on its limit. */
@SparkTest
@ExtendWith(LeakCheck.class)
class DifferentLimitsTest {
  private static final String DIFFERENT = "name different limits; the lowest holds";

  private final SparkSession spark;

  DifferentLimitsTest(SparkSession spark) {
    this.spark = spark;
  }

  /** One partition each, so that both are asked at the same time. */
  private Dataset<Row> rows(int from, int until) {
    return spark.range(from, until, 1, 1).selectExpr("id", "'row ' || id text");
  }

  private List<String> warningsOf(LocalEndpoint endpoint, int higher, int lower) {
    try (LogWatch log = new LogWatch()) {
      Dataset<Row> many = Scripted.echo(endpoint).requestsPerMinute(lower).transform(rows(0, 60));
      Dataset<Row> few = Scripted.echo(endpoint).requestsPerMinute(higher).transform(rows(60, 75));

      assertThat(many.union(few).filter("response = 'sha256:' || sha2(text, 256)").count())
          .isEqualTo(75);
      return log.lines();
    }
  }

  @Test
  void theLowestHoldsAndOneWarningSaysSo() {
    String script = "{\"rateLimit\": {\"requestsPerMinute\": 1200, \"burstSeconds\": 2}}";
    try (LocalEndpoint endpoint = Scripted.endpoint(script)) {
      List<String> warnings = warningsOf(endpoint, 6_000, 1_200);

      assertThat(warnings)
          .singleElement()
          .asString()
          .startsWith("WARN ")
          .contains(DIFFERENT, "requestsPerMinute=1200, tokensPerMinute=null");
      assertThat(endpoint.stats().byStatus()).containsOnly(Map.entry(200, 75L));
    }
  }

  @Test
  void nobodyIsWarnedWhereTheyAgree() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      assertThat(warningsOf(endpoint, 6_000, 6_000)).isEmpty();
    }
  }
}

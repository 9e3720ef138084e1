package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.Llm;
import io.sparkllm.config.Options.Api;
import io.sparkllm.config.Options.FlexFallback;
import io.sparkllm.config.Options.Mode;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.time.Duration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The flex tier: cheap, at once, and sometimes without room. */
@SparkTest
@ExtendWith(LeakCheck.class)
class FlexTest {
  private static final String NO_ROOM =
      "\"status\": 429, \"type\": \"resource_unavailable\", \"message\": \"Resource Unavailable\"";

  private final SparkSession spark;

  FlexTest(SparkSession spark) {
    this.spark = spark;
  }

  private Dataset<Row> rows(int count) {
    return spark.range(0, count, 1, 1).selectExpr("id", "'row ' || id text");
  }

  private static Llm flex(LocalEndpoint endpoint) {
    return Scripted.echo(endpoint).serviceTier("flex").metadataCol("meta");
  }

  @ParameterizedTest
  @EnumSource(
      value = Api.class,
      names = {"CHAT", "RESPONSES"})
  void theTierIsAskedForAndToldInTheMetadata(Api api) {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Dataset<Row> answered = flex(endpoint).api(api).transform(rows(3));

      assertThat(answered.where("meta.service_tier = 'flex' AND error IS NULL").count())
          .isEqualTo(3);
    }
  }

  @Test
  void aTierWithoutRoomIsAskedAgainAndCutsNoRate() {
    try (LocalEndpoint endpoint =
        Scripted.endpoint(
            "{\"faults\": [{\"contains\": \"row 1\", \"times\": 1, " + NO_ROOM + "}]}")) {
      Dataset<Row> answered = flex(endpoint).transform(rows(20)).cache();

      assertThat(answered.where("error IS NULL AND meta.service_tier = 'flex'").count())
          .isEqualTo(20);
      // Rows 1 and 10 to 19.
      assertThat(endpoint.stats().requests()).isEqualTo(31);
    }
  }

  @Test
  void aRowThatTheTierHasNoRoomForThreeTimesIsAskedInTheDefaultOne() {
    try (LocalEndpoint endpoint =
        Scripted.endpoint(
            "{\"faults\": [{\"contains\": \"row 1\", \"times\": 3, " + NO_ROOM + "}]}")) {
      Dataset<Row> answered =
          flex(endpoint).flexFallback(FlexFallback.DEFAULT).transform(rows(3)).cache();

      assertThat(answered.where("error IS NULL").count()).isEqualTo(3);
      assertThat(answered.where("meta.service_tier = 'default'").select("id").first().getLong(0))
          .isEqualTo(1);
      assertThat(answered.where("meta.service_tier = 'flex'").count()).isEqualTo(2);
    }
  }

  @Test
  void manyRowsOfOneCallLeaveTheTierTogether() {
    try (LocalEndpoint endpoint =
        Scripted.endpoint(
            "{\"arrays\": {\"accept\": true}, \"faults\": [{\"first\": 3, " + NO_ROOM + "}]}")) {
      Dataset<Row> answered =
          flex(endpoint)
              .mode(Mode.ARRAY)
              .batchSize(32)
              .flexFallback(FlexFallback.DEFAULT)
              .transform(rows(4));

      assertThat(answered.where("error IS NULL AND meta.service_tier = 'default'").count())
          .isEqualTo(4);
      assertThat(endpoint.stats().requests()).isEqualTo(4);
    }
  }

  @Test
  void aRowEndsWithTheRefusalWhenItsTimeIsOver() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{\"faults\": [{" + NO_ROOM + "}]}")) {
      Row error =
          flex(endpoint)
              .rowTimeout(Duration.ofSeconds(1))
              .transform(rows(1))
              .select("error.type", "error.code", "error.status")
              .first();

      assertThat(error.getString(0)).isEqualTo("rate_limited");
      assertThat(error.getString(1)).isEqualTo("resource_unavailable");
      assertThat(error.getInt(2)).isEqualTo(429);
    }
  }

  @Test
  void aTierThatTheModelDoesNotHaveStopsTheJobWithTheCure() {
    try (LocalEndpoint endpoint =
        Scripted.endpoint(
            """
            {"faults": [{"status": 400, "type": "invalid_request_error", "param": "service_tier",
              "message": "The service tier 'flex' is not supported for this model."}]}""")) {
      assertThatThrownBy(() -> flex(endpoint).transform(rows(50)).count())
          .hasStackTraceContaining("Check the option serviceTier (flex is for some models only)");
      assertThat(endpoint.stats().requests()).isLessThan(9);
    }
  }
}

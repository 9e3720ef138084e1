package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sparkllm.Llm;
import io.sparkllm.LlmBatch;
import io.sparkllm.config.Options.Truncate;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.local.embeddings.UnitVector;
import io.sparkllm.testing.SparkTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many inputs in one call: right vectors on right rows, few calls, a bad row alone with its error.
 */
@SparkTest
@ExtendWith(LeakCheck.class)
class EmbeddingsTest {
  private static final int DIMENSIONS = 8;
  private static final int LARGEST = 2_048;

  private final SparkSession spark;
  @TempDir Path folder;

  EmbeddingsTest(SparkSession spark) {
    this.spark = spark;
  }

  private static LocalEndpoint endpoint(String script) {
    return Scripted.endpoint(script.replace('\'', '"'));
  }

  /** Vectors of this model prove which text they stand for. */
  private static Llm embed(LocalEndpoint endpoint) {
    return Llm.embeddings()
        .endpoint(endpoint.url())
        .model("echo")
        .textCol("text")
        .dimensions(DIMENSIONS);
  }

  private Dataset<Row> rows(int count, int partitions) {
    return spark.range(0, count, 1, partitions).selectExpr("id", "'row ' || id text");
  }

  /** Contracts 1 and 2; gives the rows with an error. */
  private static List<Row> assertAligned(Dataset<Row> answered, int count) {
    List<Row> rows = answered.select("id", "text", "response", "error").collectAsList();
    assertThat(rows).hasSize(count);
    assertThat(rows.stream().map(row -> row.getLong(0)).distinct()).hasSize(count);
    for (Row row : rows) {
      assertThat(row.isNullAt(2)).as("row %s", row).isNotEqualTo(row.isNullAt(3));
      if (!row.isNullAt(2)) {
        assertThat(vector(row)).isEqualTo(UnitVector.proving(row.getString(1), DIMENSIONS));
      }
    }
    return rows.stream().filter(row -> !row.isNullAt(3)).toList();
  }

  private static float[] vector(Row row) {
    List<Float> list = row.getList(2);
    float[] vector = new float[list.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = list.get(i);
    }
    return vector;
  }

  private static String errorType(Row row) {
    return row.getStruct(3).getString(0);
  }

  @Test
  @Tag("smoke")
  void callsGrowToTheLargestAndStayLargeForTheNextRun() {
    try (LocalEndpoint endpoint = endpoint("{}")) {
      Dataset<Row> input = rows(20_480, 2);

      assertThat(assertAligned(embed(endpoint).transform(input), 20_480)).isEmpty();
      long cold = endpoint.stats().requests();
      assertThat(assertAligned(embed(endpoint).transform(input), 20_480)).isEmpty();

      assertThat(cold).isBetween(10L, 60L);
      assertThat(endpoint.stats().requests() - cold).isBetween(10L, 24L);
      assertThat(endpoint.stats().answers()).isEqualTo(2 * 20_480);
    }
  }

  @Test
  void onePoisonRowStandsAloneWithItsError() {
    try (LocalEndpoint endpoint =
        endpoint(
            "{'faults':[{'contains':'POISON','status':400,'type':'invalid_request_error'}]}")) {
      assertAligned(embed(endpoint).transform(rows(2 * LARGEST, 1)), 2 * LARGEST);
      long before = endpoint.stats().requests();
      Dataset<Row> poisoned =
          spark
              .range(0, LARGEST, 1, 1)
              .selectExpr("id", "if(id = 1234, 'POISON', 'other row ' || id) text");

      List<Row> failed = assertAligned(embed(endpoint).transform(poisoned), LARGEST);

      assertThat(failed).hasSize(1);
      assertThat(failed.get(0).getLong(0)).isEqualTo(1234);
      assertThat(errorType(failed.get(0))).isEqualTo("invalid_request");
      assertThat(endpoint.stats().requests() - before).isBetween(2L, 25L);
      // Its size was not at fault.
      long bisected = endpoint.stats().requests();
      assertAligned(embed(endpoint).transform(rows(LARGEST, 1)), LARGEST);
      assertThat(endpoint.stats().requests() - bisected).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'faults':[{'minItems':300,'kind':'payload_too_large'}]}",
        "{'faults':[{'minItems':300,'kind':'server_error'}]}",
        "{'faults':[{'minItems':300,'kind':'stall'}]}"
      })
  void callsThatAreTooMuchForTheServiceGetSmaller(String script) {
    try (LocalEndpoint endpoint = endpoint(script)) {
      Llm llm = embed(endpoint).requestTimeout(Duration.ofSeconds(1));

      assertThat(assertAligned(llm.transform(rows(6_000, 1)), 6_000)).isEmpty();

      // 24 calls of at most 256 rows, those that taught it, and a few that try again.
      assertThat(endpoint.stats().requests()).isLessThan(70);
      assertThat(endpoint.stats().doubles()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'faults':[{'ratio':0.3,'kind':'shuffle'},{'ratio':0.2,'times':1,'kind':'server_error'},"
            + "{'ratio':0.1,'times':1,'kind':'drop'}]}",
        "{'items':[{'ratio':0.05,'times':1,'kind':'omit'},{'ratio':0.05,'kind':'double'}]}",
        "{'faults':[{'ratio':0.3,'times':1,'kind':'half_json'},"
            + "{'ratio':0.2,'times':1,'kind':'short_list'},{'ratio':0.2,'kind':'long_list'}]}",
        "{'faults':[{'ratio':0.3,'times':1,'kind':'throttle','retryAfter':0.05}]}"
      })
  void rowsKeepTheirVectorsWhateverTheReplyLooksLike(String script) {
    try (LocalEndpoint endpoint = endpoint(script)) {
      Dataset<Row> answered = embed(endpoint).batchSize(64).transform(rows(2_000, 2));

      assertThat(assertAligned(answered, 2_000)).isEmpty();
    }
  }

  @Test
  void emptyAndOverLongRowsAreErrorsWithoutACall() {
    Dataset<Row> input =
        spark
            .range(0, 40, 1, 1)
            .selectExpr(
                "id",
                "CASE id % 4 WHEN 0 THEN '' WHEN 1 THEN null WHEN 2 THEN repeat('long ', 100)"
                    + " ELSE 'row ' || id END text");
    try (LocalEndpoint endpoint = endpoint("{}")) {
      List<Row> failed = assertAligned(embed(endpoint).maxInputTokens(100).transform(input), 40);

      assertThat(failed)
          .hasSize(30)
          .extracting(EmbeddingsTest::errorType)
          .containsOnly("invalid_input");
      assertThat(endpoint.stats().answers()).isEqualTo(10);
      Dataset<Row> cut =
          embed(endpoint).maxInputTokens(100).truncate(Truncate.HEAD).transform(input);
      assertThat(cut.filter("error IS NULL").count()).isEqualTo(20);
    }
  }

  @Test
  void lookingAtFiveRowsCostsOneSmallCall() {
    try (LocalEndpoint endpoint = endpoint("{}")) {
      embed(endpoint).transform(rows(1_000_000, 1)).show(5);

      assertThat(endpoint.stats().requests()).isBetween(1L, 2L);
      assertThat(endpoint.stats().answers()).isLessThanOrEqualTo(64);
    }
  }

  @Test
  @Tag("smoke")
  void theBatchApiGivesTheSameVectorsAndSharesTheirCheckpoint() {
    try (LocalEndpoint endpoint = endpoint("{}")) {
      Llm llm = embed(endpoint).checkpoint(folder.resolve("checkpoint").toString());

      assertThat(assertAligned(LlmBatch.of(llm).run(rows(300, 2)), 300)).isEmpty();
      long answers = endpoint.stats().answers();
      assertThat(assertAligned(llm.transform(rows(300, 3)), 300)).isEmpty();

      assertThat(answers).isEqualTo(300);
      assertThat(endpoint.stats().answers()).isEqualTo(300);
    }
  }

  @Test
  @Tag("smoke")
  void moderationsAreStructs() {
    try (LocalEndpoint endpoint = endpoint("{}")) {
      Dataset<Row> answered =
          Llm.moderations()
              .endpoint(endpoint.url())
              .model("local")
              .textCol("text")
              .transform(
                  spark
                      .range(0, 200, 1, 2)
                      .selectExpr("id", "if(id % 10 = 0, 'I will kill you', 'row ' || id) text"));

      assertThat(answered.schema().apply("response").dataType().sql())
          .isEqualTo(
              "STRUCT<flagged: BOOLEAN, categories: MAP<STRING, BOOLEAN>, scores: MAP<STRING,"
                  + " DOUBLE>>");
      assertThat(answered.filter("response.flagged = (id % 10 = 0) AND error IS NULL").count())
          .isEqualTo(200);
      assertThat(
              answered
                  .filter(
                      "response.flagged = exists(map_values(response.categories), said -> said)"
                          + " AND cardinality(response.scores) > 5")
                  .count())
          .isEqualTo(200);
      assertThat(endpoint.stats().requests()).isLessThan(40);
    }
  }

  @Test
  void aTaskThatIsKilledWhileSizesGrowDoesNotHoldUpTheNext() {
    try (LocalEndpoint endpoint = endpoint("{'latencyMs':600000}")) {
      Dataset<Row> slow = embed(endpoint).transform(rows(5_000, 1));
      Thread looking = new Thread(() -> catchAll(() -> slow.count()));
      looking.start();
      await().untilAsserted(() -> assertThat(endpoint.stats().inFlight()).isEqualTo(1));
      spark.sparkContext().cancelAllJobs();
      endpoint.script(EndpointScript.none());

      assertThat(assertAligned(embed(endpoint).transform(rows(500, 2)), 500)).isEmpty();
    }
  }

  private static void catchAll(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      // The job was cancelled.
    }
  }
}

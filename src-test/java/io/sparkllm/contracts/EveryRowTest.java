package io.sparkllm.contracts;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.map_entries;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.Llm;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.DataFrames;
import io.sparkllm.testing.SparkTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contracts 1 and 2: one output row for each input row, with its own answer or one error. */
@SparkTest
@Tag("smoke")
@ExtendWith(LeakCheck.class)
class EveryRowTest {
  private static final int ROWS = 1_000;

  /** Of every hundred askings fifteen fail, each kind of failure in turn. */
  private static final String HOSTILE =
      """
      {"faults": [
        {"ratio": 0.05, "kind": "server_error"},
        {"ratio": 0.03, "kind": "drop"},
        {"ratio": 0.01, "kind": "stall"},
        {"ratio": 0.01, "kind": "malformed"},
        {"ratio": 0.05, "kind": "throttle", "retryAfter": 0.2}]}
      """;

  private static final String OWN_ANSWER = "response = 'sha256:' || sha2(text, 256)";

  private final SparkSession spark;
  private final DataFrames frames;

  EveryRowTest(SparkSession spark, DataFrames frames) {
    this.spark = spark;
    this.frames = frames;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyRowGetsItsOwnAnswerThroughAHostileService(boolean ordered) {
    Dataset<Row> input = ofEveryType(ROWS);
    try (LocalEndpoint endpoint = Scripted.endpoint(HOSTILE)) {
      Dataset<Row> output =
          Scripted.echo(endpoint)
              .requestTimeout(Duration.ofSeconds(1))
              .ordered(ordered)
              .transform(input)
              .localCheckpoint();

      assertThat(output.filter(expr("response is null or error is not null")).takeAsList(3))
          .isEmpty();
      assertThat(output.filter(expr(OWN_ANSWER)).count()).isEqualTo(ROWS);
      assertInputIsUntouched(input, output);
      List<Long> ids = ids(output);
      if (ordered) {
        assertThat(ids).isEqualTo(ids(input));
      } else {
        assertThat(ids).isNotEqualTo(ids(input)).containsExactlyInAnyOrderElementsOf(ids(input));
      }
      // The script was met: every kind of failure was seen and survived.
      assertThat(endpoint.stats().byStatus()).containsKeys(200, 429, 500);
      assertThat(endpoint.stats().dropped()).isPositive();
      assertThat(endpoint.stats().stalled()).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "server_error, server, 500",
    "stall, timeout,",
    "drop, connection,",
    "malformed, invalid_response, 200",
    "empty_body, invalid_response, 200",
    "truncated, connection,",
    "html, server, 502"
  })
  void everyRowGetsOneErrorWhereNothingEverSucceeds(String kind, String type, Integer status) {
    int rows = 16;
    Dataset<Row> input = ofEveryType(rows);
    try (LocalEndpoint endpoint =
        Scripted.endpoint("{'faults': [{'kind': '%s'}]}".formatted(kind).replace('\'', '"'))) {
      Dataset<Row> output =
          Scripted.echo(endpoint)
              .requestTimeout(Duration.ofMillis(250))
              .maxAttempts(2)
              .metadataCol("metadata")
              .transform(input)
              .localCheckpoint();

      assertThat(output.filter(expr("response is not null or error is null")).count()).isZero();
      assertThat(output.select("error.*").collectAsList())
          .hasSize(rows)
          .allSatisfy(
              error -> {
                assertThat(error.<String>getAs("type")).isEqualTo(type);
                assertThat(error.<Integer>getAs("status")).isEqualTo(status);
                assertThat(error.<Integer>getAs("attempts")).isEqualTo(2);
                assertThat(error.<Boolean>getAs("retryable")).isTrue();
                assertThat(error.<String>getAs("message")).isNotBlank().doesNotContain("\n");
              });
      assertInputIsUntouched(input, output.drop("metadata"));
      assertThat(ids(output)).isEqualTo(ids(input));
    }
  }

  @Test
  void rowsWithoutAnythingToAskGetAnErrorAndNoCall() {
    Dataset<Row> input =
        spark
            .range(0, 40, 1, 3)
            .selectExpr("id", "if(id % 4 = 0, null, if(id % 4 = 1, ' ', 'row ' || id)) text");
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Dataset<Row> output = Scripted.echo(endpoint).transform(input).localCheckpoint();

      assertThat(output.filter(expr("(response is null) = (error is null)")).count()).isZero();
      assertThat(output.filter(expr(OWN_ANSWER)).count()).isEqualTo(20);
      assertThat(
              output
                  .filter(
                      expr("error.type = 'invalid_input' and error.attempts = 0 and id % 4 < 2"))
                  .count())
          .isEqualTo(20);
      assertThat(endpoint.stats().requests()).isEqualTo(20);
    }
  }

  @Test
  void charAndVarcharColumnsOfATableComeThrough(@TempDir Path folder) {
    spark.sql(
        "create table fixed_width (id bigint, c char(8), text varchar(20)) using parquet location '"
            + folder.resolve("table").toUri()
            + "'");
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      spark.sql("insert into fixed_width values (1, 'ab', 'one'), (2, null, 'two')");
      Dataset<Row> input = spark.table("fixed_width");

      Dataset<Row> output = Scripted.echo(endpoint).transform(input).localCheckpoint();

      assertThat(output.filter(expr(OWN_ANSWER)).count()).isEqualTo(2);
      frames.assertSameRows(input, output.drop("response", "error"));
    } finally {
      spark.sql("drop table fixed_width");
    }
  }

  @Test
  void anEmptyInputGivesAnEmptyOutputWithoutACall() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Dataset<Row> output = Scripted.echo(endpoint).transform(ofEveryType(0));

      assertThat(output.count()).isZero();
      assertThat(output.columns()).endsWith("response", "error");
      assertThat(endpoint.stats().requests()).isZero();
    }
  }

  @Test
  void theResponsesApiAnswersRowsAlike() {
    Dataset<Row> input = ofEveryType(50);
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Dataset<Row> output =
          Llm.responses()
              .endpoint(endpoint.url())
              .model("echo")
              .prompt("{text}")
              .transform(input)
              .localCheckpoint();

      assertThat(output.filter(expr(OWN_ANSWER)).count()).isEqualTo(50);
      assertThat(endpoint.stats().byPath().keySet()).allMatch(path -> path.contains("responses"));
    }
  }

  private void assertInputIsUntouched(Dataset<Row> input, Dataset<Row> output) {
    assertThat(output.schema().fields())
        .startsWith(input.schema().fields())
        .hasSize(input.schema().length() + 2);
    frames.assertSameRows(comparable(input), comparable(output.drop("response", "error")));
  }

  /** Spark 3.5 cannot group by maps, as the comparison does. */
  private static Dataset<Row> comparable(Dataset<Row> rows) {
    return rows.withColumn("a_map", map_entries(col("a_map")))
        .withColumn("deep", expr("to_json(deep)"));
  }

  private static List<Long> ids(Dataset<Row> rows) {
    return rows.select("id").as(Encoders.LONG()).collectAsList();
  }

  /** Rows in several partitions; every nullable column is null in some of them. */
  private Dataset<Row> ofEveryType(long rows) {
    return spark
        .range(0, rows, 1, 5)
        .selectExpr(
            "id",
            "'row ' || id || ' \\n\\t\\u00e9\\u4e2d\\\" {id}' text",
            "cast(if(id % 3 = 0, null, id % 100) as tinyint) a_byte",
            "cast(if(id % 3 = 1, null, id) as smallint) a_short",
            "cast(if(id % 5 = 1, null, id) as int) an_int",
            "cast(if(id % 7 = 1, 'NaN', id / 7) as float) a_float",
            "cast(if(id % 7 = 2, '-Infinity', id / 7) as double) a_double",
            "if(id % 3 = 2, null, id % 2 = 0) a_bool",
            "cast(if(id % 4 = 0, null, id / 7) as decimal(38, 18)) a_decimal",
            "if(id % 4 = 1, null, date_add(date'1500-01-01', cast(id * 97 as int))) a_date",
            "if(id % 4 = 2, null, timestamp_micros(id * 1000000007 - 1)) a_timestamp",
            "if(id % 4 = 3, null, cast(timestamp_seconds(id * 10007) as timestamp_ntz)) an_ntz",
            "if(id % 5 = 0, null, cast('bytes ' || id as binary)) some_bytes",
            "if(id % 5 = 2, null, make_ym_interval(cast(id as int), 3)) months",
            "if(id % 5 = 3, null, make_dt_interval(cast(id as int), 3, 4, 5.000006)) days",
            "if(id % 3 = 0, null, array('a' || id, null, 'c')) an_array",
            "if(id % 3 = 1, null, map('k' || id, id, 'none', null)) a_map",
            "if(id % 3 = 2, null, named_struct('x', id, 'y', named_struct('z', 'z' || id, 'n',"
                + " cast(null as int)))) a_struct",
            "array(named_struct('m', map(cast(id as int), array(cast(id / 3 as decimal(10, 4)), null)),"
                + " 'b', cast('x' as binary)), null) deep",
            "cast(null as string) nothing");
  }
}

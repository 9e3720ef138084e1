package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.Llm;
import io.sparkllm.LlmBatch;
import io.sparkllm.config.Options.ArrayFallback;
import io.sparkllm.config.Options.Dialect;
import io.sparkllm.config.Options.Mode;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Arrays of requests and packed prompts: each row its own answer, whatever the reply looks like.
 */
@SparkTest
@ExtendWith(LeakCheck.class)
class ManyRowsTest {
  private static final int ROWS = 2_000;
  private static final String RIGHT = "response = 'sha256:' || sha2(text, 256) AND error IS NULL";

  /** The forms of a call that carries many rows. */
  enum Form {
    ARRAY,
    CONVERSATIONS,
    PACKED;

    Llm of(Llm llm) {
      return switch (this) {
        case ARRAY -> llm.mode(Mode.ARRAY);
        case CONVERSATIONS -> llm.mode(Mode.ARRAY).dialect(Dialect.VLLM);
        case PACKED -> llm.mode(Mode.PACKED);
      };
    }
  }

  private final SparkSession spark;
  @TempDir Path folder;

  ManyRowsTest(SparkSession spark) {
    this.spark = spark;
  }

  private static LocalEndpoint endpoint(String more) {
    return Scripted.endpoint(
        ("{'arrays':{'accept':true}" + (more.isEmpty() ? "" : "," + more) + "}")
            .replace('\'', '"'));
  }

  private Dataset<Row> rows(int count) {
    return spark.range(0, count, 1, 2).selectExpr("id", "'row ' || id text");
  }

  private static Map<String, Long> outcomes(Dataset<Row> answered) {
    Map<String, Long> outcomes = new TreeMap<>();
    answered
        .selectExpr(
            "CASE WHEN "
                + RIGHT
                + " THEN 'right' WHEN response IS NULL AND error IS NOT NULL THEN error.type"
                + " ELSE 'wrong' END outcome")
        .groupBy("outcome")
        .count()
        .collectAsList()
        .forEach(row -> outcomes.put(row.getString(0), row.getLong(1)));
    return outcomes;
  }

  static Stream<Arguments> oddReplies() {
    List<String> scripts =
        List.of(
            "'faults':[{'ratio':0.5,'kind':'shuffle'}],"
                + "'items':[{'ratio':0.03,'times':1,'kind':'omit'},"
                + "{'ratio':0.03,'times':1,'kind':'double'}]",
            "'faults':[{'ratio':0.1,'times':1,'kind':'half_json'},"
                + "{'ratio':0.1,'times':1,'kind':'short_list'},"
                + "{'ratio':0.1,'times':1,'kind':'long_list'}]",
            "'faults':[{'ratio':0.1,'times':1,'kind':'server_error'},"
                + "{'ratio':0.1,'times':1,'kind':'throttle','retryAfter':0.05}]");
    return Stream.of(Form.values())
        .flatMap(form -> scripts.stream().map(script -> Arguments.of(form, script)));
  }

  @ParameterizedTest
  @MethodSource("oddReplies")
  void everyRowGetsItsOwnAnswer(Form form, String script) {
    try (LocalEndpoint endpoint = endpoint(script)) {
      Dataset<Row> answered = form.of(Scripted.echo(endpoint)).transform(rows(ROWS));

      assertThat(outcomes(answered)).isEqualTo(Map.of("right", (long) ROWS));
      assertThat(endpoint.stats().requests()).isLessThan(ROWS / 4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRowThatTheServiceRefusesStandsAloneWithItsError(Form form) {
    String script =
        "'items':[{'contains':'row 77','kind':'content_filter'},"
            + "{'ratio':0.02,'times':1,'kind':'server_error'}]";
    try (LocalEndpoint endpoint = endpoint(script)) {
      Dataset<Row> answered = form.of(Scripted.echo(endpoint)).transform(rows(700));

      // 77 and 770 to 779, of which there are none.
      assertThat(outcomes(answered)).isEqualTo(Map.of("right", 699L, "content_filter", 1L));
    }
  }

  @Test
  void anArrayWhoseAnswersDoNotTellTheirPlaceIsReadInOrder() {
    String script = "'faults':[{'ratio':0.2,'times':1,'kind':'short_list'}]";
    try (LocalEndpoint endpoint =
        Scripted.endpoint(
            ("{'arrays':{'accept':true,'index':false}," + script + "}").replace('\'', '"'))) {
      Dataset<Row> answered = Form.ARRAY.of(Scripted.echo(endpoint)).transform(rows(ROWS));

      assertThat(outcomes(answered)).isEqualTo(Map.of("right", (long) ROWS));
    }
  }

  @Test
  void arraysGoToThePathThatTheOptionNames() {
    try (LocalEndpoint endpoint =
        Scripted.endpoint("{\"arrays\":{\"paths\":{\"/v1/many\":\"chat\"}}}")) {
      Llm llm = Form.ARRAY.of(Scripted.echo(endpoint)).arrayPath("/many");

      assertThat(outcomes(llm.transform(rows(200)))).isEqualTo(Map.of("right", 200L));
      assertThat(endpoint.stats().byPath().keySet()).containsExactly("/v1/many");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 405, 422})
  void aServerThatTakesNoArraysIsToldInOneClearError(int status) {
    try (LocalEndpoint endpoint = refusing(status)) {
      Llm llm = Form.ARRAY.of(Scripted.echo(endpoint));

      assertThatThrownBy(() -> llm.transform(rows(500)).count())
          .hasMessageContaining("takes no arrays of requests")
          .hasMessageContaining("arrayFallback=realtime");
      assertThat(endpoint.stats().requests()).isLessThanOrEqualTo(4);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 405, 422})
  void rowsAreAskedOneByOneWhereTheServerTakesNoArrays(int status) {
    try (LocalEndpoint endpoint = refusing(status)) {
      Llm llm = Form.ARRAY.of(Scripted.echo(endpoint)).arrayFallback(ArrayFallback.REALTIME);

      assertThat(outcomes(llm.transform(rows(500)))).isEqualTo(Map.of("right", 500L));
      assertThat(endpoint.stats().requests()).isBetween(501L, 504L);
    }
  }

  private static LocalEndpoint refusing(int status) {
    return Scripted.endpoint("{\"arrays\":{\"accept\":false,\"refusal\":" + status + "}}");
  }

  /** Contract 4 over all modes: what one has paid for, no other pays again. */
  @ParameterizedTest
  @EnumSource(names = {"REALTIME", "ARRAY", "PACKED", "BATCH"})
  @Tag("smoke")
  void allModesShareOneLedger(Mode first) {
    try (LocalEndpoint endpoint = endpoint("")) {
      Llm llm =
          Scripted.echo(endpoint)
              .system("Answer.")
              .maxTokens(200)
              .checkpoint(folder.resolve("checkpoint").toString());
      assertThat(outcomes(run(llm, first))).isEqualTo(Map.of("right", 120L));
      long answers = endpoint.stats().answers();
      long calls = calls(endpoint);

      for (Mode mode : Mode.values()) {
        assertThat(outcomes(run(llm, mode))).as("%s", mode).isEqualTo(Map.of("right", 120L));
      }

      assertThat(answers).isEqualTo(120);
      assertThat(endpoint.stats().answers()).isEqualTo(120);
      assertThat(calls(endpoint)).isEqualTo(calls);
      assertThat(endpoint.stats().batch().creates()).isEqualTo(first == Mode.BATCH ? 1 : 0);
    }
  }

  private static long calls(LocalEndpoint endpoint) {
    return endpoint.stats().byPath().entrySet().stream()
        .filter(path -> path.getKey().contains("chat"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private Dataset<Row> run(Llm llm, Mode mode) {
    return mode == Mode.BATCH
        ? LlmBatch.of(llm).run(rows(120))
        : llm.mode(mode).transform(rows(120));
  }

  @ParameterizedTest
  @EnumSource
  void theTokensOfACallAreSharedOutByRow(Form form) {
    try (LocalEndpoint endpoint = endpoint("")) {
      Dataset<Row> answered =
          form.of(Scripted.echo(endpoint)).metadataCol("metadata").transform(rows(400)).cache();

      assertThat(outcomes(answered)).isEqualTo(Map.of("right", 400L));
      Row sums =
          answered
              .selectExpr("sum(metadata.prompt_tokens)", "sum(metadata.completion_tokens)")
              .first();
      assertThat(sums.getLong(0)).isEqualTo(endpoint.stats().promptTokens());
      assertThat(sums.getLong(1)).isEqualTo(endpoint.stats().completionTokens());
      answered.unpersist();
    }
  }

  @Test
  void rowsKeepTheOrderOfTheirPartition() {
    try (LocalEndpoint endpoint =
        endpoint("'faults':[{'ratio':0.1,'times':1,'kind':'server_error'}]")) {
      Dataset<Row> answered = Form.ARRAY.of(Scripted.echo(endpoint)).transform(rows(1_000));

      assertThat(answered.select("id").as(Encoders.LONG()).collectAsList())
          .isSorted()
          .hasSize(1_000);
    }
  }
}

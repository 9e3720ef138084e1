package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.Llm;
import io.sparkllm.LlmBatch;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.config.Options.Api;
import io.sparkllm.config.Options.Mode;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.openai.PackedIds;
import io.sparkllm.testing.SparkTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers of a schema: the right value of the right type, or an error that says what is wrong. */
@SparkTest
@ExtendWith(LeakCheck.class)
class TypedAnswersTest {
  /** Every type that JSON can carry, nested twice. */
  private static final String ALL =
      "flag BOOLEAN, tiny TINYINT, small SMALLINT, whole INT, big BIGINT, real FLOAT,"
          + " precise DOUBLE, money DECIMAL(20,4), words STRING, bytes BINARY, day DATE,"
          + " moment TIMESTAMP, wall TIMESTAMP_NTZ, list ARRAY<DOUBLE>, map MAP<STRING, INT>,"
          + " nested STRUCT<inner: STRUCT<days: ARRAY<DATE>,"
          + " by: MAP<STRING, ARRAY<DECIMAL(5,2)>>>,"
          + " many: ARRAY<STRUCT<x: SMALLINT, y: ARRAY<STRUCT<z: STRING, t: TIMESTAMP>>>>>";

  private static final String FULL =
      json(
          "{'flag':true,'tiny':-128,'small':32767,'whole':-7,'big':9007199254740993,'real':0.1,"
              + "'precise':1e300,'money':1234567890123456.7891,'words':'a \\\"b\\\" é 😀\\n',"
              + "'bytes':'AAECgP8=','day':'2026-02-28','moment':'2026-02-28T10:00:00.123456+02:00',"
              + "'wall':'2026-02-28T10:00:00.5','list':[1.5,null,2.0],'map':{'a':1,'b':null},"
              + "'nested':{'inner':{'days':['1999-12-31','2000-01-01'],'by':{'k':[1.25,0.50]}},"
              + "'many':[{'x':1,'y':[{'z':'q','t':'2026-01-01T00:00:00Z'},{'z':null,'t':null}]},"
              + "{'x':null,'y':[]},null]}}");

  private static final String NULLS =
      json(
          "{'flag':null,'tiny':null,'small':null,'whole':null,'big':null,'real':null,"
              + "'precise':null,'money':null,'words':null,'bytes':null,'day':null,'moment':null,"
              + "'wall':null,'list':null,'map':null,'nested':null}");

  private static final String LABEL =
      json(
          "{'type':'object','required':['label'],'properties':{'label':{'type':'string',"
              + "'enum':['bug','question','other']}}}");

  private final SparkSession spark;
  @TempDir Path folder;

  TypedAnswersTest(SparkSession spark) {
    this.spark = spark;
  }

  private static String json(String quoted) {
    return quoted.replace('\'', '"');
  }

  /** A chat completion with this answer. */
  private static Map<String, Object> chat(String answer, String finish) {
    Map<String, Object> message = new HashMap<>(Map.of("role", "assistant", "content", answer));
    return Map.of(
        "model",
        "local",
        "choices",
        List.of(Map.of("index", 0, "message", message, "finish_reason", finish)),
        "usage",
        Map.of("prompt_tokens", 10, "completion_tokens", 5, "total_tokens", 15));
  }

  private static Map<String, Object> rule(String answer, Object... conditions) {
    Map<String, Object> rule = new HashMap<>(Map.of("kind", "json", "body", chat(answer, "stop")));
    for (int i = 0; i < conditions.length; i += 2) {
      rule.put((String) conditions[i], conditions[i + 1]);
    }
    return rule;
  }

  private static LocalEndpoint endpoint(Map<String, Object> script) {
    return Scripted.endpoint(Json.write(script));
  }

  private static LocalEndpoint faults(Object... rules) {
    return endpoint(Map.of("faults", List.of(rules)));
  }

  private static Llm llm(LocalEndpoint endpoint, String returns) {
    return Llm.chat()
        .endpoint(endpoint.url())
        .model("local")
        .prompt("Classify as bug, question or other: {text}")
        .returns(returns);
  }

  private Dataset<Row> texts(String... texts) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < texts.length; i++) {
      rows.add("(" + i + ", '" + texts[i] + "')");
    }
    return spark
        .sql("SELECT * FROM VALUES " + String.join(", ", rows) + " t(id, text)")
        .coalesce(1);
  }

  private static Row only(Dataset<Row> answered) {
    List<Row> rows = answered.select("response", "error", "metadata").collectAsList();
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).isNullAt(0)).isNotEqualTo(rows.get(0).isNullAt(1));
    return rows.get(0);
  }

  private static Row error(Row row) {
    return row.getStruct(1);
  }

  private Row ask(Llm llm) {
    return only(llm.metadataCol("metadata").transform(texts("The app crashes")));
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"REALTIME", "ARRAY", "BATCH"})
  @Tag("smoke")
  void eachTypeComesBackAsItWasAnswered(Mode mode) {
    List<Map<String, Object>> rules =
        List.of(rule(FULL, "contains", "full"), rule(NULLS, "contains", "nulls"));
    try (LocalEndpoint endpoint =
        endpoint(
            Map.of(
                "items",
                rules,
                "arrays",
                Map.of("accept", true, "index", false),
                "batch",
                Map.of("lines", rules)))) {
      Dataset<Row> input = texts("full", "nulls");
      Llm llm = llm(endpoint, ALL).mode(mode).checkpoint(folder.toString());

      Dataset<Row> answered =
          (mode == Mode.BATCH ? LlmBatch.of(llm).run(input) : llm.transform(input)).cache();

      assertEachTypeIsRight(answered);
    }
  }

  @Test
  void eachTypeComesBackFromAPackedPrompt() {
    String prompt = "Classify as bug, question or other: ";
    List<String> ids = PackedIds.of(prompt + "full", prompt + "nulls");
    String list =
        String.format(
            "{\"answers\":[{\"id\":\"%s\",\"answer\":%s},{\"id\":\"%s\",\"answer\":%s}]}",
            ids.get(1), NULLS, ids.get(0), FULL);
    try (LocalEndpoint endpoint = faults(rule(list))) {
      assertEachTypeIsRight(
          llm(endpoint, ALL).mode(Mode.PACKED).transform(texts("full", "nulls")).cache());

      assertThat(endpoint.stats().requests()).isEqualTo(1);
    }
  }

  /** Spark's own reader of JSON says what is right. */
  private static void assertEachTypeIsRight(Dataset<Row> answered) {
    Dataset<Row> wrong =
        answered.selectExpr(
            "text",
            "to_json(response, map('ignoreNullFields', 'false')) got",
            "to_json(from_json(CASE text WHEN 'full' THEN '"
                + FULL.replace("\\", "\\\\")
                + "' ELSE '"
                + NULLS
                + "' END, '"
                + ALL
                + "'), map('ignoreNullFields', 'false')) expected",
            "error");
    for (Row row : wrong.collectAsList()) {
      assertThat(row.getString(1)).as("%s", row.get(3)).isEqualTo(row.getString(2));
    }
    assertThat(answered.schema().apply("response").dataType().catalogString())
        .isEqualTo(StructType.fromDDL(ALL).catalogString());
  }

  @Test
  void packedPromptsGiveWhatRowsAskedOneByOneGive() {
    String returns =
        "label STRING NOT NULL, count INT, ratio DOUBLE, cost DECIMAL(18,6), urgent BOOLEAN,"
            + " dates ARRAY<DATE>, by MAP<STRING, INT>,"
            + " part STRUCT<words: ARRAY<STRING>, inner: STRUCT<day: DATE>>";
    try (LocalEndpoint endpoint = endpoint(Map.of())) {
      Dataset<Row> input =
          spark
              .range(0, 40, 1, 1)
              .selectExpr("id", "'It crashed on 2026-01-0' || (1 + id % 9) text");
      Llm llm = llm(endpoint, returns);

      List<Row> alone = llm.transform(input).collectAsList();
      long calls = endpoint.stats().requests();
      List<Row> packed = llm.mode(Mode.PACKED).transform(input).collectAsList();

      assertThat(packed).hasToString(alone.toString());
      assertThat(packed).allSatisfy(row -> assertThat(row.isNullAt(3)).isTrue());
      assertThat(endpoint.stats().requests() - calls).isLessThan(20);
    }
  }

  static Stream<Arguments> misfits() {
    return Stream.of(
        Arguments.of("It is a bug.", "not_json"),
        Arguments.of("{\"label\": \"bu", "not_json"),
        Arguments.of("{\"kind\": \"bug\"}", "missing_field"),
        Arguments.of("{\"label\": \"crash\"}", "wrong_enum"),
        Arguments.of("{\"label\": 7}", "wrong_type"));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void anAnswerThatDoesNotFitIsAskedForAgainWithTheReason(String misfit, String code) {
    try (LocalEndpoint endpoint = faults(rule(misfit, "first", 1))) {
      Row row = ask(llm(endpoint, LABEL));

      assertThat(row.getStruct(0).getString(0)).isEqualTo("bug");
      assertThat(endpoint.stats().requests()).isEqualTo(2);
      // Both answers were paid for.
      long completion = row.getStruct(2).getLong(4);
      assertThat(completion).isGreaterThan(5);
    }
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void whatNeverFitsIsAnErrorThatShowsIt(String misfit, String code) {
    try (LocalEndpoint endpoint = faults(rule(misfit))) {
      Row error = error(ask(llm(endpoint, LABEL)));

      assertThat(error.getString(0)).isEqualTo("schema_mismatch");
      assertThat(error.getString(1)).isEqualTo(code);
      assertThat(error.getString(2)).contains("it reads: " + misfit);
      assertThat(error.getBoolean(4)).isTrue();
      assertThat(error.getInt(5)).isEqualTo(3);
      assertThat(endpoint.stats().requests()).isEqualTo(3);
    }
  }

  @Test
  void nothingIsAskedAgainWhereThatIsNotWanted() {
    try (LocalEndpoint endpoint = faults(rule("{}"))) {
      Row error = error(ask(llm(endpoint, "label STRING").schemaRetries(0)));

      assertThat(error.getString(1)).isEqualTo("missing_field");
      assertThat(endpoint.stats().requests()).isOne();
    }
  }

  @Test
  void inCallsOfManyRowsTheOneThatDoesNotFitIsAskedAgainAlone() {
    // At its place in the second call; by itself it is at the first.
    Map<String, Object> misfit = rule("{\"label\":\"crash\"}", "contains", "row 7 ", "index", 3);
    Map<String, Object> inOrder = Map.of("accept", true, "index", false);
    try (LocalEndpoint endpoint = endpoint(Map.of("items", List.of(misfit), "arrays", inOrder))) {
      Dataset<Row> input =
          spark.range(0, 60, 1, 1).selectExpr("id", "'row ' || id || ' crashes' text");

      Dataset<Row> answered =
          llm(endpoint, LABEL).mode(Mode.ARRAY).metadataCol("m").transform(input).cache();

      assertThat(answered.where("response.label = 'bug' AND error IS NULL").count()).isEqualTo(60);
      Row corrected = answered.where("id = 7").head().getStruct(4);
      // The answer that did not fit had five tokens.
      assertThat(corrected.getLong(4)).isGreaterThan(5);
      assertThat(endpoint.stats().requests()).isLessThan(10);
    }
  }

  @Test
  void whatIsCutOrRefusedSaysSo() {
    Map<String, Object> cut = new HashMap<>(rule("", "contains", "long"));
    cut.put("body", chat("{\"label\": \"bu", "length"));
    try (LocalEndpoint endpoint =
        faults(
            cut,
            Map.of("kind", "refuse", "contains", "secret"),
            Map.of("kind", "filter", "contains", "filtered"),
            Map.of("kind", "empty", "contains", "empty"))) {
      List<Row> rows =
          llm(endpoint, LABEL)
              .transform(texts("long", "secret", "filtered", "empty"))
              .selectExpr("error.type", "error.attempts")
              .collectAsList();

      assertThat(rows)
          .hasToString("[[truncated,1], [refusal,1], [content_filter,1], [truncated,1]]");
    }
  }

  @ParameterizedTest
  @CsvSource({"CHAT, REALTIME", "RESPONSES, REALTIME", "CHAT, ARRAY"})
  void aServiceWithoutSchemasIsAskedForJsonWithTheSchemaInThePrompt(Api api, Mode mode) {
    try (LocalEndpoint endpoint =
        endpoint(Map.of("jsonSchema", false, "arrays", Map.of("accept", true)))) {
      Dataset<Row> input = spark.range(0, 60, 1, 1).selectExpr("'It crashes, case ' || id text");
      Llm llm =
          Llm.of(llm(endpoint, LABEL).options().with(io.sparkllm.config.Options.API, api))
              .mode(mode)
              .concurrency(4);

      Dataset<Row> answered = llm.transform(input).cache();

      assertThat(answered.where("response.label = 'bug' AND error IS NULL").count()).isEqualTo(60);
      // Found out by the calls under way when the first was refused, and not again.
      assertThat(endpoint.stats().byStatus().get(400)).isBetween(1L, 8L);
    }
  }

  @Test
  void aSchemaThatTheServiceDislikesIsItsRowsError() {
    try (LocalEndpoint endpoint =
        faults(
            Map.of("status", 400, "message", "Invalid schema for response_format 'answer': no"))) {
      Row error = error(ask(llm(endpoint, LABEL)));

      assertThat(error.getString(0)).isEqualTo("invalid_request");
      assertThat(endpoint.stats().requests()).isOne();
    }
  }

  @Test
  void aCorrectedAnswerIsKeptUnderItsRowsFirstRequest() {
    try (LocalEndpoint endpoint = faults(rule("{}", "first", 1))) {
      Llm llm = llm(endpoint, LABEL).checkpoint(folder.toString());

      assertThat(ask(llm).isNullAt(1)).isTrue();
      assertThat(ask(llm).getStruct(0).getString(0)).isEqualTo("bug");

      assertThat(endpoint.stats().requests()).isEqualTo(2);
    }
  }

  @Test
  void linesOfBatchesAreCheckedToo() {
    Map<String, Object> misfit = rule("{\"label\":\"crash\"}", "contains", "row 7 ");
    try (LocalEndpoint endpoint = endpoint(Map.of("batch", Map.of("lines", List.of(misfit))))) {
      Dataset<Row> input = spark.range(0, 20, 1, 1).selectExpr("'row ' || id || ' crashes' text");

      List<Row> rows =
          LlmBatch.of(llm(endpoint, LABEL).checkpoint(folder.toString()).schemaRetries(1))
              .run(input)
              .selectExpr("error.type", "error.code", "error.attempts", "response.label")
              .groupBy("type", "code", "attempts", "label")
              .count()
              .orderBy("count")
              .collectAsList();

      assertThat(rows)
          .hasToString("[[schema_mismatch,wrong_enum,2,null,1], [null,null,null,bug,19]]");
    }
  }

  @Test
  void whatCannotBeSentIsRefusedBeforeAnyCall() {
    assertThatThrownBy(() -> llm("a INTERVAL DAY", "{}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a is of type interval day, which JSON cannot carry; use STRING");
    assertThatThrownBy(() -> llm("a STRING", json("{'response_format':{'type':'text'}}")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Option params sets response_format, which returns sets too");
  }

  private void llm(String returns, String params) {
    Llm.of(
            LlmOptions.of(
                Map.of(
                    "endpoint", "local", "prompt", "{text}", "returns", returns, "params", params)))
        .transform(texts("x"));
  }
}

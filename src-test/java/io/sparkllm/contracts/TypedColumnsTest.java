package io.sparkllm.contracts;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.sparkllm.Llm;
import io.sparkllm.LlmOptions;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The response column has the type that its API's answers are of. */
@SparkTest
@Tag("smoke")
@ExtendWith(LeakCheck.class)
class TypedColumnsTest {
  private static final String MODERATION =
      "struct<flagged:boolean,categories:map<string,boolean>,scores:map<string,double>>";

  private static Llm llm(LocalEndpoint endpoint, String api, String... pairs) {
    Map<String, String> texts =
        new HashMap<>(
            Map.of("endpoint", endpoint.url(), "model", "local", "api", api, "textCol", "text"));
    for (int i = 0; i < pairs.length; i += 2) {
      texts.put(pairs[i], pairs[i + 1]);
    }
    return Llm.of(LlmOptions.of(texts));
  }

  private static Dataset<Row> texts(SparkSession spark) {
    return spark.sql(
        "SELECT * FROM VALUES (1, 'I will kill you'), (2, 'a cup of tea'), (3, NULL) t(id, text)");
  }

  private static String typeOf(StructType schema, String column) {
    return schema.fields()[schema.fieldIndex(column)].dataType().catalogString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chat | string",
        "responses | string",
        "embeddings | array<float>",
        "moderations | " + MODERATION
      })
  void areToldByTheSchemaBeforeAnyCall(String api, String type) {
    StructType input = StructType.fromDDL("text STRING");
    LlmOptions options =
        LlmOptions.of(Map.of("model", "m", "api", api, "prompt", "{text}", "metadataCol", "m"));

    StructType schema = Llm.of(options).outputSchema(input, false);

    assertThat(typeOf(schema, "response")).isEqualTo(type);
    assertThat(schema.fields())
        .extracting(StructField::name)
        .containsExactly("text", "response", "error", "m");
  }

  @Test
  void embeddingsAreArraysOfFloats(SparkSession spark) {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Dataset<Row> answered =
          llm(endpoint, "embeddings", "dimensions", "16").transform(texts(spark));

      assertThat(typeOf(answered.schema(), "response")).isEqualTo("array<float>");
      List<Row> rows = answered.orderBy("id").collectAsList();
      for (Row row : rows.subList(0, 2)) {
        List<Float> vector = row.getList(2);
        assertThat(vector).hasSize(16);
        assertThat(vector.stream().mapToDouble(x -> x * x).sum()).isCloseTo(1, within(1e-3));
        assertThat(row.isNullAt(3)).isTrue();
      }
      assertThat(rows.get(0).getList(2)).isNotEqualTo(rows.get(1).getList(2));
      assertThat(rows.get(2).isNullAt(2)).isTrue();
      assertThat(rows.get(2).getStruct(3).getString(1)).isEqualTo("empty_prompt");
    }
  }

  @Test
  void moderationsAreStructsWithMapsThatQueriesSee(SparkSession spark) {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Dataset<Row> answered = llm(endpoint, "moderations").transform(texts(spark));

      assertThat(typeOf(answered.schema(), "response")).isEqualTo(MODERATION);
      assertThat(
              answered
                  .selectExpr(
                      "id",
                      "response.flagged",
                      "response.categories['violence']",
                      "response.scores['violence'] >= 0.5",
                      "response.categories['no such']",
                      "error.code")
                  .orderBy("id")
                  .collectAsList())
          .extracting(row -> row.mkString(" "))
          .containsExactly(
              "1 true true true null null",
              "2 false false false null null",
              "3 null null null null empty_prompt");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"embeddings", "moderations"})
  void comeBackFromFilesAndFromACheckpointAsTheyWere(
      String api, SparkSession spark, @TempDir Path folder) {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Llm llm = llm(endpoint, api, "checkpoint", folder.resolve("checkpoint").toString());
      String files = folder.resolve("out").toString();
      llm.transform(texts(spark)).write().parquet(files);

      // A value with a map cannot be compared, its JSON can.
      List<String> written = values(spark.read().parquet(files));
      List<String> recalled = values(llm.transform(texts(spark)));

      assertThat(written).hasSize(3).noneMatch("{}"::equals).isEqualTo(recalled);
      assertThat(endpoint.stats().doubles()).isZero();
    }
  }

  private static List<String> values(Dataset<Row> answered) {
    return answered
        .orderBy("id")
        .selectExpr("to_json(struct(response, error))")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"embeddings", "moderations"})
  void areTheSameInAStream(String api, SparkSession spark, @TempDir Path folder) throws Exception {
    String files = folder.resolve("in").toString();
    String output = folder.resolve("out").toString();
    texts(spark).write().parquet(files);
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Llm llm = llm(endpoint, api);
      StreamingQuery query =
          llm.transform(spark.readStream().schema(texts(spark).schema()).parquet(files))
              .writeStream()
              .format("parquet")
              .option("path", output)
              .option("checkpointLocation", folder.resolve("offsets").toString())
              .trigger(Trigger.AvailableNow())
              .start();
      query.processAllAvailable();
      query.stop();

      assertThat(values(spark.read().parquet(output)))
          .hasSize(3)
          .isEqualTo(values(llm.transform(texts(spark))));
    }
  }

  @Test
  void standBesideColumnsWithCommentsAndOddNames(SparkSession spark) {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Dataset<Row> input =
          texts(spark)
              .withColumn("a.`b c", lit(7))
              .withMetadata("id", Metadata.fromJson("{\"comment\":\"c\"}"));

      Dataset<Row> answered =
          llm(endpoint, "moderations", "responseCol", "what's said", "metadataCol", "m.d")
              .transform(input);

      assertThat(answered.columns())
          .containsExactly("id", "text", "a.`b c", "what's said", "error", "m.d");
      assertThat(answered.schema().fields()[0].metadata().getString("comment")).isEqualTo("c");
      assertThat(answered.filter("`what's said`.flagged").collectAsList())
          .extracting(row -> row.get(0), row -> row.get(2))
          .containsExactly(tuple(1, 7));
    }
  }
}

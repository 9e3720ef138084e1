package io.sparkllm.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.Llm;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.DataFrames;
import io.sparkllm.testing.Jobs;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.Tokenizer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connect.Planner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stage: its Params, and when it runs jobs and makes calls. */
@SparkTest
@Tag("smoke")
class LlmTransformerTest {
  private final SparkSession spark;
  private final Dataset<Row> rows;
  private LocalEndpoint endpoint;

  LlmTransformerTest(SparkSession spark) {
    this.spark = spark;
    this.rows = spark.range(0, 6, 1, 2).selectExpr("id", "'row ' || id text");
  }

  @BeforeEach
  void open() throws IOException {
    endpoint = LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none());
  }

  @AfterEach
  void close() {
    endpoint.close();
  }

  private Llm echo() {
    return Llm.chat().endpoint(endpoint.url()).model("echo").prompt("{text}");
  }

  @Test
  void thereIsAParamForEachOptionWithItsDefault() {
    LlmTransformer stage = new LlmTransformer();

    assertThat(stage.params())
        .extracting(Param::name)
        .containsExactlyElementsOf(Options.all().stream().map(Option::name).toList());
    for (Option<?> option : Options.all()) {
      Param<Object> param = stage.getParam(option.name());
      assertThat(stage.isSet(param)).isFalse();
      assertThat(stage.explainParam(param)).startsWith(option.name() + ": " + option.doc());
      if (option.defaultValue() == null) {
        assertThat(stage.hasDefault(param)).isFalse();
      } else {
        assertThat(stage.getOrDefault(param)).isEqualTo(option.defaultText());
      }
    }
    assertThat(stage.options()).isEqualTo(LlmOptions.defaults());
  }

  @Test
  void valuesOfAnyTypeBecomeTheOptionsText() {
    LlmTransformer stage =
        new LlmTransformer()
            .setOption("requestsPerMinute", 5_000)
            .setOption("request-timeout", Duration.ofSeconds(90))
            .setOption("temperature", 0.5)
            .setOption("ordered", false)
            .setOption("on_fatal", Options.OnFatal.COLUMN)
            .setOption("headers", Map.of("X-Team", "data"));
    stage.set("maxAttempts", "3");
    stage.set(stage.getParam("prompt").w("{text}"));

    assertThat(stage.getOrDefault(stage.getParam("requestTimeout"))).isEqualTo("90s");
    assertThat(stage.options())
        .isEqualTo(
            LlmOptions.of(
                Map.of(
                    "requestsPerMinute", "5000",
                    "requestTimeout", "90s",
                    "temperature", "0.5",
                    "ordered", "false",
                    "onFatal", "column",
                    "headers", "{\"X-Team\":\"data\"}",
                    "maxAttempts", "3",
                    "prompt", "{text}")));
  }

  @Test
  void aBadValueIsRefusedWhenItIsSet() {
    LlmTransformer stage = new LlmTransformer();

    assertThatThrownBy(() -> stage.set("concurrency", "0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Option concurrency is '0'; allowed: a whole number from 1 to 4096");
    assertThatThrownBy(() -> stage.setOption("modell", "m"))
        .hasMessage("Unknown option modell; the nearest known is model");
    assertThatThrownBy(() -> stage.setOption("headers", "sk-1234567"))
        .hasMessageStartingWith("Option headers is <hidden>; allowed: ");
  }

  @Test
  void keysAreNotPrinted() {
    LlmTransformer stage =
        LlmTransformer.of(echo().apiKey("sk-1234567").headers(Map.of("X-Team", "team-1234567")));

    assertThat(stage + stage.explainParams() + stage.extractParamMap())
        .contains("apiKey", "headers", "echo")
        .doesNotContain("sk-1234567", "team-1234567");
    assertThat(stage.options())
        .isEqualTo(echo().apiKey("sk-1234567").headers(Map.of("X-Team", "team-1234567")).options());
  }

  @Test
  void itGivesTheRowsThatTheBuilderGives(DataFrames frames) {
    Llm llm = echo().metadataCol("metadata").responseCol("answer");
    LlmTransformer stage = LlmTransformer.of(llm);

    Dataset<Row> transformed = stage.transform(rows);

    assertThat(transformed.schema()).isEqualTo(stage.transformSchema(rows.schema()));
    frames.assertSameRows(llm.transform(rows).drop("metadata"), transformed.drop("metadata"));
    assertThat(transformed.where("answer = 'sha256:' || sha2(text, 256)").count()).isEqualTo(6);
  }

  @Test
  void analysingItAgainAndAgainRunsNothing() {
    LlmTransformer stage = LlmTransformer.of(echo());

    int jobs =
        Jobs.during(
            spark,
            () -> {
              for (int i = 0; i < 20; i++) {
                assertThat(stage.transform(rows).select("id", "response").columns()).hasSize(2);
              }
            });

    assertThat(jobs).isZero();
    assertThat(endpoint.stats().requests()).isZero();
  }

  @Test
  void aPipelineIsFittedWithoutACallAndTellsItsColumns() {
    PipelineStage[] stages = {
      LlmTransformer.of(echo()),
      new Tokenizer().setInputCol("response").setOutputCol("words"),
      LlmTransformer.of(echo().prompt("{response}").responseCol("second").errorCol("error2"))
    };
    Pipeline pipeline = new Pipeline().setStages(stages);

    PipelineModel model = pipeline.fit(rows);

    assertThat(model.transformSchema(rows.schema()).fieldNames())
        .isEqualTo(model.transform(rows).columns());
    assertThat(endpoint.stats().requests()).isZero();
    assertThat(
            model
                .transform(rows)
                .where("second = 'sha256:' || sha2('sha256:' || sha2(text, 256), 256)")
                .where("words[0] = response")
                .count())
        .isEqualTo(6);
  }

  @Test
  void aMissingColumnIsToldWhenThePipelineIsFitted() {
    Pipeline pipeline =
        new Pipeline().setStages(new PipelineStage[] {LlmTransformer.of(echo().prompt("{body}"))});

    assertThatThrownBy(() -> pipeline.fit(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("which the input does not have; its columns: id, text");
  }

  @Test
  void aCopyTakesFurtherValuesAndLeavesTheOriginal() {
    LlmTransformer stage = LlmTransformer.of(echo().apiKey("sk-1234567"));

    LlmTransformer copy = stage.copy(new ParamMap().put(stage.getParam("responseCol"), "answer"));

    assertThat(copy.uid()).isEqualTo(stage.uid());
    assertThat(copy.options())
        .isEqualTo(echo().apiKey("sk-1234567").responseCol("answer").options());
    assertThat(stage.options()).isEqualTo(echo().apiKey("sk-1234567").options());
    assertThat(stage.transform(rows, stage.getParam("errorCol").w("failure")).columns())
        .containsExactly("id", "text", "response", "failure");
  }

  @Test
  void aStageIsSavedWithoutItsKeyAndAsksForIt(@TempDir Path folder) throws IOException {
    String path = folder.resolve("stage").toString();
    LlmTransformer.of(echo().concurrency(7).apiKey("sk-1234567")).save(path);

    LlmTransformer loaded = LlmTransformer.load(path);

    assertThat(read(path)).contains("\"concurrency\":\"7\"").doesNotContain("1234567");
    assertThatThrownBy(() -> loaded.transform(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Option apiKey was set when this stage was saved")
        .hasMessageContaining("apiKeyEnv or apiKeyFile");
    assertThat(loaded.copy(new ParamMap()).setOption("apiKeyEnv", "MY_KEY").options())
        .isEqualTo(echo().concurrency(7).apiKeyEnv("MY_KEY").options());
    assertThat(loaded.setOption("apiKey", "sk-1234567").options())
        .isEqualTo(echo().concurrency(7).apiKey("sk-1234567").options());
  }

  @Test
  void headersMustBeGivenAgainToo(@TempDir Path folder) throws IOException {
    String path = folder.resolve("stage").toString();
    LlmTransformer.of(echo().headers(Map.of("X-Team", "team-1234567"))).save(path);

    LlmTransformer loaded = LlmTransformer.load(path);

    assertThat(read(path)).contains("headers").doesNotContain("1234567");
    assertThatThrownBy(loaded::options)
        .hasMessageContaining("Option headers was set when this stage was saved")
        .hasMessageContaining("{} for none");
    assertThat(loaded.setOption("headers", "{}").transform(rows).count()).isEqualTo(6);
  }

  /** Text files of one line each; the checksums beside them are not text. */
  private String read(String path) {
    return String.join("\n", spark.read().textFile(path + "/metadata").collectAsList());
  }

  /** Saved by Spark 3.5 in another process, with a key set. */
  @Test
  void aPipelineThatAnotherLineOfSparkSavedIsLoaded() {
    String path = Path.of("resources/pipelines/spark-3.5").toAbsolutePath().toString();

    PipelineModel model = PipelineModel.load(path);

    assertThat(model.stages()).hasSize(2);
    LlmTransformer stage = (LlmTransformer) model.stages()[0];
    assertThatThrownBy(() -> model.transform(rows)).hasMessageContaining("Option apiKey was set");
    stage.setOption("apiKey", "sk-1234567").setOption("endpoint", endpoint.url());
    assertThat(model.transform(rows).where("words[0] = response AND error IS NULL").count())
        .isEqualTo(6);
  }

  @Test
  void aDefaultThatWasSavedStillHolds() {
    LlmTransformer stage = new LlmTransformer();
    stage.setDefault(stage.getParam("maxAttempts"), "5");

    assertThat(stage.options()).isEqualTo(LlmOptions.of(Map.of("maxAttempts", "5")));
  }

  @Test
  void keysAreRefusedOverConnect() {
    for (Llm llm :
        new Llm[] {
          echo().apiKey("sk-1234567"), echo().headers(Map.of("x-api-key", "sk-1234567"))
        }) {
      LlmTransformer stage = LlmTransformer.of(llm);
      assertThatThrownBy(() -> Planner.plan(() -> stage.transform(rows)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Spark Connect would record")
          .hasMessageContaining("apiKeyEnv")
          .message()
          .doesNotContain("1234567", "\n");
      assertThat(stage.transform(rows).columns()).hasSize(4);
    }
    LlmTransformer plain = LlmTransformer.of(echo().headers(Map.of("X-Team", "data")));
    assertThat(Planner.plan(() -> plain.transform(rows)).columns()).hasSize(4);
  }

  @Test
  void connectFindsItAsAService() {
    Stream<Class<? extends Transformer>> found =
        ServiceLoader.load(Transformer.class).stream().map(ServiceLoader.Provider::type);

    assertThat(found).contains(LlmTransformer.class);
  }
}

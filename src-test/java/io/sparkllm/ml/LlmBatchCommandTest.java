package io.sparkllm.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.BatchReport;
import io.sparkllm.Llm;
import io.sparkllm.LlmBatch;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.Jobs;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connect.Planner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of the Batch API as an estimator. */
@SparkTest
class LlmBatchCommandTest {
  private static final String HOLD = "{\"batch\":{\"hold\":[\"in_progress\"]}}";

  private final SparkSession spark;
  private final Dataset<Row> rows;
  private LocalEndpoint endpoint;
  @TempDir Path folder;

  LlmBatchCommandTest(SparkSession spark) {
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
    return Llm.chat()
        .endpoint(endpoint.url())
        .model("echo")
        .prompt("{text}")
        .checkpoint(folder.resolve("checkpoint").toString());
  }

  private Row take(String step) {
    return LlmBatchCommand.of(echo()).setCommand(step).fit(rows).transform(rows).first();
  }

  private static Row batch(Row report) {
    return report.<Row>getList(report.fieldIndex("batches")).get(0);
  }

  @Test
  void takesEachStepOnceAndTellsHowTheBatchesStand() {
    endpoint.script(EndpointScript.parse(HOLD));

    Row submitted = take("submit");
    endpoint.script(EndpointScript.none());
    Row waited = take("wait");

    assertThat(submitted.schema()).isEqualTo(LlmBatchModel.SCHEMA);
    assertThat(submitted.<Boolean>getAs("is_done")).isFalse();
    assertThat(submitted.<Long>getAs("waiting")).isEqualTo(6);
    assertThat(waited.<Boolean>getAs("is_done")).isTrue();
    assertThat(waited.<Long>getAs("answered")).isEqualTo(6);
    assertThat(endpoint.stats().batch().creates()).isEqualTo(1);
    assertThat(
            LlmBatch.of(echo())
                .transform(rows)
                .where("response = 'sha256:' || sha2(text, 256)")
                .count())
        .isEqualTo(6);
  }

  @Test
  void tellsWhatTheReportTells() {
    endpoint.script(EndpointScript.parse(HOLD));
    take("submit");

    Row row = take("status");
    BatchReport report = LlmBatch.of(echo()).status(spark);

    BatchReport.Batch batch = report.batches().get(0);
    assertThat(row)
        .extracting(r -> r.getAs("checkpoint"), r -> r.getAs("requests"))
        .containsExactly(report.checkpoint(), report.requests());
    assertThat(row)
        .extracting(r -> r.getAs("enqueued_tokens"), r -> r.getAs("token_limit"))
        .containsExactly(report.enqueuedTokens(), report.tokenLimit());
    assertThat(batch(row).<String>getAs("file")).isEqualTo(batch.file());
    assertThat(batch(row).<String>getAs("id")).isEqualTo(batch.id());
    assertThat(batch(row).<Integer>getAs("round")).isEqualTo(batch.round());
    assertThat(batch(row).<Timestamp>getAs("since").toInstant().getEpochSecond())
        .isEqualTo(batch.since().getEpochSecond());
    assertThat(batch(row).<Timestamp>getAs("expires").toInstant()).isEqualTo(batch.expires());
  }

  @Test
  void cancels() {
    endpoint.script(EndpointScript.parse(HOLD));
    take("submit");

    take("cancel");
    endpoint.script(EndpointScript.none());
    Row collected = take("wait");

    assertThat(batch(collected).<String>getAs("state")).isEqualTo("cancelled");
    assertThat(collected.<Boolean>getAs("is_done")).isTrue();
  }

  /** Connect saves models, loads and copies them, and analyses a plan again and again. */
  @Test
  void aModelKeepsItsReportWhenItIsSavedAndCopied() throws IOException {
    LlmBatchModel model = LlmBatchCommand.of(echo()).setCommand("submit").fit(rows);
    Row row = model.transform(rows).first();
    model.save(folder.resolve("model").toString());

    LlmBatchModel loaded = LlmBatchModel.load(folder.resolve("model").toString());

    assertThat(loaded.copy(new ParamMap()).transform(rows).first()).isEqualTo(row);
    assertThat(Jobs.during(spark, () -> loaded.transform(rows).select("batches").columns()))
        .isZero();
  }

  @Test
  void itsParamsAreThoseOfTheTransformerAndTheStep() {
    List<String> options = Options.all().stream().map(Option::name).toList();
    LlmBatchCommand step = new LlmBatchCommand();

    assertThat(step.params())
        .extracting(Param::name)
        .containsExactlyElementsOf(Stream.concat(options.stream(), Stream.of("command")).toList());
    assertThat(step.options()).isEqualTo(LlmOptions.defaults());
    assertThat(LlmBatchCommand.of(echo()).setOption("api-key", "sk-1").options())
        .isEqualTo(echo().apiKey("sk-1").options());
    assertThat(step.getOrDefault(step.getParam("command"))).isEqualTo("status");
  }

  @Test
  void anEstimateIsToldWithoutACheckpointAndWhenItsModelWasSaved() throws IOException {
    LlmBatchModel model =
        LlmBatchCommand.of(Llm.chat().model("gpt-4o-mini").prompt("{text}"))
            .setCommand("estimate")
            .fit(rows);
    String path = folder.resolve("estimate").toString();
    model.write().save(path);

    Row told = LlmBatchModel.load(path).transform(rows).first();

    assertThat(told.<Long>getAs("requests")).isEqualTo(rows.count());
    assertThat(told.<String>getAs("cost")).startsWith("0.0");
    assertThat(told.<String>getAs("flex_cost")).isNull();
    assertThat(told.<String>getAs("limited_by")).isEqualTo("concurrency");
  }

  @Test
  void tellsWhatIsWrong() {
    assertThatThrownBy(() -> new LlmBatchCommand().setCommand("sumbit"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Param command is 'sumbit'; allowed: submit, status, collect, wait, cancel, estimate");
    LlmBatchCommand unchecked = LlmBatchCommand.of(echo());
    unchecked.set("command", "sumbit");
    assertThatThrownBy(() -> unchecked.fit(rows))
        .hasMessageStartingWith("Param command is 'sumbit'");
    assertThatThrownBy(() -> new LlmBatchCommand().fit(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Option checkpoint is not set");
    assertThatThrownBy(() -> take("status"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Option checkpoint is '" + folder);
  }

  @Test
  void keysAreNeitherSavedNorTakenOverConnect() throws IOException {
    LlmBatchCommand step = LlmBatchCommand.of(echo().apiKey("sk-1234567")).setCommand("wait");
    step.save(folder.resolve("step").toString());

    LlmBatchCommand loaded = LlmBatchCommand.load(folder.resolve("step").toString());

    assertThat(loaded.getOrDefault(loaded.getParam("command"))).isEqualTo("wait");
    assertThatThrownBy(loaded::options)
        .hasMessageContaining("Option apiKey was set when this stage");
    assertThatThrownBy(() -> Planner.plan(() -> step.fit(rows)))
        .hasMessageContaining("Spark Connect would record");
  }

  @Test
  void connectFindsItAsAService() {
    ServiceLoader<?> found = ServiceLoader.load(Estimator.class);

    assertThat(found.stream().map(provider -> provider.type().getName()))
        .contains(LlmBatchCommand.class.getName());
  }
}

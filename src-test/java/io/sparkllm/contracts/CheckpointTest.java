package io.sparkllm.contracts;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.spark_partition_id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.Llm;
import io.sparkllm.config.Options.OnFatal;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.FullDiskFileSystem;
import io.sparkllm.testing.SparkTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract 4: no answer that the checkpoint holds is asked for again. */
@SparkTest
@Tag("smoke")
@ExtendWith(LeakCheck.class)
class CheckpointTest {
  private static final int ROWS = 400;
  private static final String RIGHT = "response = 'sha256:' || sha2(text, 256)";

  private final SparkSession spark;
  @TempDir Path folder;

  CheckpointTest(SparkSession spark) {
    this.spark = spark;
  }

  private Dataset<Row> rows() {
    return spark.range(0, ROWS, 1, 4).selectExpr("id", "'row ' || id text");
  }

  private Llm kept(LocalEndpoint endpoint) {
    return Scripted.echo(endpoint).checkpoint(checkpoint().toString()).metadataCol("metadata");
  }

  private Path checkpoint() {
    return folder.resolve("checkpoint");
  }

  private String output(String name) {
    return folder.resolve(name).toString();
  }

  private static Map<String, Long> sources(Dataset<Row> answered) {
    Map<String, Long> sources = new TreeMap<>();
    answered
        .groupBy(col("metadata.source"))
        .count()
        .collectAsList()
        .forEach(row -> sources.put(row.getString(0), row.getLong(1)));
    return sources;
  }

  /** What makes Spark run a partition twice. */
  @SuppressWarnings("ImmutableEnumChecker") // Its lambdas keep nothing.
  enum Twice {
    ORDERED((answered, path) -> answered.orderBy("response").write().parquet(path + "/all")),
    TWO_WRITES(
        (answered, path) -> {
          answered.filter("id % 2 = 0").write().parquet(path + "/even");
          answered.filter("id % 2 = 1").write().parquet(path + "/odd");
        }),
    COUNT_THEN_WRITE(
        (answered, path) -> {
          assertThat(answered.count()).isEqualTo(ROWS);
          answered.write().parquet(path + "/all");
        });

    private final BiConsumer<Dataset<Row>, String> actions;

    Twice(BiConsumer<Dataset<Row>, String> actions) {
      this.actions = actions;
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachRowIsAskedOnceWhateverSparkRunsTwice(Twice twice) {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      twice.actions.accept(kept(endpoint).transform(rows()), output("out"));

      assertThat(endpoint.stats().requests()).isEqualTo(ROWS);
      Dataset<Row> written =
          spark.read().option("recursiveFileLookup", true).parquet(output("out"));
      assertThat(written.filter(RIGHT).select("id").distinct().count()).isEqualTo(ROWS);
      assertThat(written.count()).isEqualTo(ROWS);
    }
  }

  @Test
  void anotherRunCallsNothingAndSaysWhereItsAnswersCameFrom() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      assertThat(sources(kept(endpoint).transform(rows()))).isEqualTo(Map.of("api", 400L));
      // Other partitions, another order of the same columns, other names of the answer's.
      Dataset<Row> again =
          kept(endpoint)
              .responseCol("answer")
              .transform(rows().select("text", "id").repartition(7));

      assertThat(sources(again)).isEqualTo(Map.of("checkpoint", 400L));
      assertThat(again.filter("answer = 'sha256:' || sha2(text, 256)").count()).isEqualTo(ROWS);
      assertThat(again.filter("metadata.total_tokens > 0").count()).isEqualTo(ROWS);
      assertThat(endpoint.stats().requests()).isEqualTo(ROWS);
    }
  }

  @Test
  void onlyWhatIsNewIsAsked() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      sources(kept(endpoint).transform(rows().filter("id < 100")));
      assertThat(sources(kept(endpoint).transform(rows())))
          .isEqualTo(Map.of("api", 300L, "checkpoint", 100L));
      // Another prompt is another request.
      assertThat(sources(kept(endpoint).prompt("Again: {text}").transform(rows())))
          .isEqualTo(Map.of("api", 400L));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void equalRowsAreAskedOnceAndShareTheAnswer(boolean withCheckpoint) {
    try (LocalEndpoint endpoint = Scripted.endpoint("{\"latencyMs\": 20}")) {
      Dataset<Row> equal =
          spark.range(0, 20_000, 1, 4).selectExpr("id", "'prompt ' || (id * 7 % 500) text");
      Llm llm = Scripted.echo(endpoint).metadataCol("metadata").dedupe(true);
      Dataset<Row> answered =
          (withCheckpoint ? llm.checkpoint(checkpoint().toString()) : llm).transform(equal);
      answered.write().parquet(output("out"));

      Dataset<Row> written = spark.read().parquet(output("out"));
      assertThat(written.filter(RIGHT).select("id").distinct().count()).isEqualTo(20_000);
      assertThat(written.count()).isEqualTo(20_000);
      assertThat(sources(written)).isEqualTo(Map.of("api", 500L, "duplicate", 19_500L));
      assertThat(endpoint.stats().requests()).isEqualTo(500);
    }
  }

  @Test
  void equalRowsShareAnErrorToo() {
    try (LocalEndpoint endpoint =
        Scripted.endpoint(
            "{\"latencyMs\": 20, \"faults\": [{\"contains\": \"bad\", \"kind\": \"content_filter\"}]}")) {
      Dataset<Row> equal =
          spark.range(0, 300, 1, 3).selectExpr("id", "if(id % 2 = 0, 'bad', 'good') text");
      Dataset<Row> answered = Scripted.echo(endpoint).dedupe(true).transform(equal);

      List<Row> rows =
          answered.select("text", "response", "error.type", "error.attempts").collectAsList();
      assertThat(rows).hasSize(300);
      assertThat(rows)
          .allSatisfy(
              row -> {
                boolean bad = row.getString(0).equals("bad");
                assertThat(row.isNullAt(1)).isEqualTo(bad);
                assertThat(row.getString(2)).isEqualTo(bad ? "content_filter" : null);
              });
      assertThat(endpoint.stats().requests()).isEqualTo(2);
    }
  }

  @Test
  void rowsThatCannotBeAskedAreSpreadAndGetTheirError() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Dataset<Row> some =
          spark.range(0, 200, 1, 4).selectExpr("id", "if(id % 2 = 0, null, 'row ' || id) text");
      Dataset<Row> answered = kept(endpoint).transform(some);

      assertThat(answered.filter("error.type = 'invalid_input'").count()).isEqualTo(100);
      assertThat(answered.filter(RIGHT).count()).isEqualTo(100);
      assertThat(answered.filter("text IS NULL").groupBy(spark_partition_id()).count().count())
          .isGreaterThan(1);
    }
  }

  @Test
  void failedRowsAreAskedAgainAsRetryErrorsSays() {
    String both =
        "{\"faults\": [{\"contains\": \"row 1\", \"status\": 500},"
            + " {\"contains\": \"row 2\", \"kind\": \"content_filter\"}]}";
    try (LocalEndpoint endpoint = Scripted.endpoint(both)) {
      Dataset<Row> three = rows().filter("id < 4");
      Llm llm = kept(endpoint).maxAttempts(1);
      assertThat(asked(endpoint, llm, three)).isEqualTo(4);
      endpoint.script(EndpointScript.none());

      assertThat(asked(endpoint, llm.retryErrors("none"), three)).isZero();
      assertThat(asked(endpoint, llm.retryErrors("timeout"), three)).isZero();
      assertThat(asked(endpoint, llm, three)).as("retryable").isEqualTo(1);
      assertThat(asked(endpoint, llm.retryErrors("all"), three)).isEqualTo(1);
      assertThat(llm.transform(three).filter(RIGHT).count()).isEqualTo(4);
    }
  }

  private static long asked(LocalEndpoint endpoint, Llm llm, Dataset<Row> rows) {
    long before = endpoint.stats().requests();
    assertThat(llm.transform(rows).collectAsList()).hasSize(4);
    return endpoint.stats().requests() - before;
  }

  @Test
  void aWrongRetryErrorsIsToldBeforeTheFirstCall() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      assertThatThrownBy(() -> kept(endpoint).retryErrors("time_out").transform(rows()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll(
              "retryErrors", "time_out", "retryable, all, none", "rate_limited");
    }
  }

  @Test
  void whatIsNoFaultOfTheRowIsNotKept() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{\"requireKey\": \"sk-right\"}")) {
      Llm llm = kept(endpoint).onFatal(OnFatal.COLUMN);
      assertThat(llm.apiKey("sk-wrong").transform(rows()).filter("error IS NULL").count()).isZero();

      Dataset<Row> right = llm.apiKey("sk-right").retryErrors("none").transform(rows());
      assertThat(right.filter(RIGHT).count()).isEqualTo(ROWS);
    }
  }

  @Test
  void aStoppedRunStillGivesWhatIsKept() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      sources(kept(endpoint).transform(rows().filter("id % 2 = 0")));
      endpoint.script(EndpointScript.parse("{\"faults\": [{\"kind\": \"quota\"}]}"));

      List<Row> stopped =
          kept(endpoint)
              .onFatal(OnFatal.COLUMN)
              .transform(rows())
              .select("id", "response", "error.type")
              .collectAsList();

      assertThat(stopped).hasSize(ROWS);
      assertThat(stopped)
          .allSatisfy(
              row -> {
                boolean even = row.getLong(0) % 2 == 0;
                assertThat(row.isNullAt(1)).isEqualTo(!even);
                assertThat(row.isNullAt(2)).isEqualTo(even);
              });
    }
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsToldBeforeTheFirstCall() throws Exception {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Path file = Files.writeString(folder.resolve("file"), "no directory");
      Path unwritable = file.resolve("below");

      assertThatThrownBy(
              () -> Scripted.echo(endpoint).checkpoint(unwritable.toString()).transform(rows()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("checkpoint", unwritable.toString());
      assertThat(endpoint.stats().requests()).isZero();
    }
  }

  @Test
  void aFullDiskStopsTheRunAndWhatIsKeptStays() throws Exception {
    FullDiskFileSystem.configure(spark.sparkContext().hadoopConfiguration());
    String directory = FullDiskFileSystem.disk(checkpoint(), 20_000);
    try (LocalEndpoint endpoint = Scripted.endpoint("{\"latencyMs\": 5}")) {
      Llm llm =
          Scripted.echo(endpoint).checkpoint(directory).metadataCol("metadata").concurrency(4);

      assertThatThrownBy(() -> llm.transform(rows()).collectAsList())
          .hasMessageContainingAll("Stopped", "checkpoint " + directory, "No space left");
      long asked = endpoint.stats().requests();
      assertThat(asked).isBetween(10L, ROWS - 1L);

      FullDiskFileSystem.disk(checkpoint(), Long.MAX_VALUE);
      Map<String, Long> again = sources(llm.transform(rows()));
      // Lost are only the answers that met the full disk: of two tasks, with eight calls open each.
      assertThat(again.get("checkpoint")).isGreaterThanOrEqualTo(asked - 2 * 8);
      assertThat(endpoint.stats().requests()).isEqualTo(asked + again.get("api"));
    }
  }

  @Test
  void aLaterFormatIsRefusedBeforeTheFirstCall() throws Exception {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      kept(endpoint).transform(rows().limit(3)).collectAsList();
      Path format = checkpoint().resolve("_ledger.json");
      Files.writeString(
          format, Files.readString(format).replaceFirst("\"version\":1", "\"version\":99"));

      long before = endpoint.stats().requests();
      assertThatThrownBy(() -> kept(endpoint).transform(rows()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("checkpoint", checkpoint().toString(), "format");
      assertThat(endpoint.stats().requests()).isEqualTo(before);
    }
  }

  @Test
  void aStreamIsRefusedButForItsMicroBatches() throws Exception {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      rows().write().parquet(output("in"));
      Dataset<Row> stream =
          spark
              .readStream()
              .schema(rows().schema())
              .option("maxFilesPerTrigger", 2)
              .parquet(output("in"));

      assertThatThrownBy(() -> kept(endpoint).transform(stream))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("checkpoint", "foreachBatch");
      assertThatThrownBy(() -> Scripted.echo(endpoint).dedupe(true).transform(stream))
          .hasMessageContainingAll("dedupe", "foreachBatch");

      AtomicLong right = new AtomicLong();
      VoidFunction2<Dataset<Row>, Long> batch =
          (rows, id) -> right.addAndGet(kept(endpoint).transform(rows).filter(RIGHT).count());
      stream
          .writeStream()
          .option("checkpointLocation", output("stream"))
          .trigger(Trigger.AvailableNow())
          .foreachBatch(batch)
          .start()
          .awaitTermination();
      assertThat(right.get()).isEqualTo(ROWS);
      assertThat(endpoint.stats().requests()).isEqualTo(ROWS);
    }
  }
}

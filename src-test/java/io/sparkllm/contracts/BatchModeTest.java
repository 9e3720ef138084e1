package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sparkllm.BatchReport;
import io.sparkllm.Llm;
import io.sparkllm.LlmBatch;
import io.sparkllm.LlmException;
import io.sparkllm.config.Options;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Batch API's odd cases: every row ends with one of answer and error, and none is paid twice.
 */
@SparkTest
@ExtendWith(LeakCheck.class)
class BatchModeTest {
  private static final String RIGHT = "response = 'sha256:' || sha2(text, 256) AND error IS NULL";

  private final SparkSession spark;
  @TempDir Path folder;

  BatchModeTest(SparkSession spark) {
    this.spark = spark;
  }

  private Dataset<Row> rows(int count, int partitions) {
    return spark.range(0, count, 1, partitions).selectExpr("id", "'row ' || id text");
  }

  private static LocalEndpoint endpoint(String batch) {
    return Scripted.endpoint("{\"batch\":" + batch.replace('\'', '"') + "}");
  }

  private static void script(LocalEndpoint endpoint, String batch) {
    endpoint.script(EndpointScript.parse("{\"batch\":" + batch.replace('\'', '"') + "}"));
  }

  private Llm llm(LocalEndpoint endpoint) {
    return Scripted.echo(endpoint)
        .checkpoint(folder.resolve("checkpoint").toString())
        .metadataCol("metadata");
  }

  /** Answers and errors by type; fails where an answer is on the wrong row, or a row has both. */
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

  private Map<String, Long> run(Llm llm, int count) {
    return outcomes(LlmBatch.of(llm).run(rows(count, 4)));
  }

  @Test
  @Tag("smoke")
  void answersEveryRowAndAsksEqualOnesOnce() {
    try (LocalEndpoint endpoint = endpoint("{}")) {
      Dataset<Row> twice = rows(300, 4).union(rows(300, 4));

      Dataset<Row> answered = LlmBatch.of(llm(endpoint)).run(twice);

      assertThat(outcomes(answered)).isEqualTo(Map.of("right", 600L));
      assertThat(answered.select("metadata.source").distinct().collectAsList())
          .extracting(row -> row.getString(0))
          .containsExactly("batch");
      assertThat(answered.filter("metadata.batch_id IS NULL").count()).isZero();
      assertThat(endpoint.stats().answers()).isEqualTo(300);
    }
  }

  @Test
  void asksNothingAgainThatTheCheckpointHolds() {
    try (LocalEndpoint endpoint = endpoint("{}")) {
      run(llm(endpoint), 200);

      assertThat(run(llm(endpoint), 250)).isEqualTo(Map.of("right", 250L));
      assertThat(outcomes(llm(endpoint).transform(rows(250, 3))))
          .as("in another mode")
          .isEqualTo(Map.of("right", 250L));
      assertThat(endpoint.stats().answers()).isEqualTo(250);
    }
  }

  @Test
  void transformSubmitsNothing() {
    try (LocalEndpoint endpoint = endpoint("{}")) {
      Llm batch = llm(endpoint).mode(Options.Mode.BATCH);

      Dataset<Row> answered = batch.transform(rows(20, 2));

      assertThat(outcomes(answered)).isEqualTo(Map.of("batch_missing", 20L));
      assertThat(endpoint.stats().batch().uploads()).isZero();
    }
  }

  /** Rows that go wrong once go again, and are right then. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'lines':[{'kind':'omit','ratio':0.1,'times':1},{'kind':'double','ratio':0.1},"
            + "{'kind':'status_zero','ratio':0.1,'times':1},{'kind':'timeout','ratio':0.1,'times':1},"
            + "{'kind':'status','status':500,'ratio':0.1,'times':1},"
            + "{'kind':'status','status':429,'ratio':0.1,'times':1},"
            + "{'kind':'malformed','ratio':0.1,'times':1}]}",
        "{'lines':[{'kind':'truncated','ratio':0.1,'times':1}],'counts':'all_completed'}",
        "{'dialect':'azure'}",
        "{'statusStyle':'upper','timeStyle':'iso','statuses':{'in_progress':'queued'}}",
        "{'lateFiles':3,'counts':'zero'}",
        "{'emptyFile':'empty_id','counts':'null','usage':false}",
        "{'emptyFile':'empty_file'}",
        "{'lag':{'reads':2,'status':404,'creates':'refuse'}}",
        "{'lag':{'reads':2,'status':400,'creates':'refuse'}}",
        "{'lag':{'reads':1,'status':404,'creates':'fail'}}",
        "{'faults':[{'call':'create','kind':'lost','times':1},"
            + "{'call':'retrieve','kind':'status','status':503,'times':1}]}",
        "{'faults':[{'call':'upload','kind':'lost','times':1},"
            + "{'call':'create','kind':'status','status':429,'times':1},"
            + "{'call':'content','kind':'truncated','times':1}]}",
        "{'failures':[{'code':'internal_error','message':'Oops','first':1}]}",
      })
  void isRightInTheEndWhateverTheServiceDoesOnce(String script) {
    try (LocalEndpoint endpoint = endpoint(script)) {
      assertThat(run(llm(endpoint), 100)).isEqualTo(Map.of("right", 100L));
      assertThat(endpoint.stats().batch().doubleIds()).isZero();
    }
  }

  @Test
  void givesTheErrorOfEachRowThatNeverSucceeds() {
    String lines =
        """
        {'kind':'content_filter','contains':'row 51'},
        {'kind':'context_length','contains':'row 52'},
        {'kind':'status','status':400,'contains':'row 53'},
        {'kind':'status','status':500,'contains':'row 54'},
        {'kind':'status_zero','contains':'row 55'},
        {'kind':'timeout','contains':'row 56'},
        {'kind':'omit','contains':'row 57'},
        {'kind':'malformed','contains':'row 58'},
        {'kind':'status','status':503,'contains':'row 59','times':1}
        """;
    try (LocalEndpoint endpoint = endpoint("{'lines':[" + lines + "]}")) {
      Dataset<Row> answered = LlmBatch.of(llm(endpoint).maxAttempts(2)).run(rows(60, 4));

      assertThat(outcomes(answered.filter("id < 51 OR id = 59"))).isEqualTo(Map.of("right", 52L));
      assertThat(
              answered
                  .filter("id BETWEEN 51 AND 58")
                  .orderBy("id")
                  .select("error.type")
                  .as(Encoders.STRING())
                  .collectAsList())
          .containsExactly(
              "content_filter",
              "context_length",
              "invalid_request",
              "server",
              "connection",
              "timeout",
              "batch_missing",
              "batch_missing");
      assertThat(answered.filter("response IS NOT NULL AND error IS NOT NULL").count()).isZero();
    }
  }

  @Test
  void oneCollectEndsABatchOfWhichEveryLineFailedAndThatHasNoOutputFile() {
    try (LocalEndpoint endpoint = endpoint("{'lines':[{'kind':'status','status':400}]}")) {
      LlmBatch batch = LlmBatch.of(llm(endpoint));
      batch.submit(rows(30, 4));
      await().until(() -> batch.status(spark).batches().get(0).state().equals("completed"));

      assertThat(batch.collect(spark).isDone()).isTrue();
      assertThat(outcomes(batch.transform(rows(30, 4)))).isEqualTo(Map.of("invalid_request", 30L));
    }
  }

  @Test
  void takesOneBadLineOutOfAFileAndAsksTheRest() {
    try (LocalEndpoint endpoint = endpoint("{}")) {
      // The service knows no such role, and says so when it validates the file.
      Dataset<Row> rows =
          rows(5000, 8)
              .selectExpr(
                  "*",
                  "array(named_struct('role', if(id = 3210, 'nobody', 'user'), 'content', text))"
                      + " messages");
      Llm llm =
          Llm.chat()
              .endpoint(endpoint.url())
              .model("echo")
              .messagesCol("messages")
              .checkpoint(folder.resolve("checkpoint").toString());

      Dataset<Row> answered = LlmBatch.of(llm).run(rows);

      assertThat(outcomes(answered)).isEqualTo(Map.of("right", 4999L, "invalid_request", 1L));
      assertThat(answered.filter("error IS NOT NULL").first().getLong(0)).isEqualTo(3210);
      assertThat(endpoint.stats().answers()).isEqualTo(4999);
    }
  }

  @Test
  void learnsTheTokenLimitAndStaysBelowIt() {
    try (LocalEndpoint endpoint = endpoint("{'enqueuedTokens':1200}")) {
      Map<String, Long> outcomes = run(llm(endpoint), 2000);

      assertThat(outcomes).isEqualTo(Map.of("right", 2000L));
      assertThat(endpoint.stats().batch().maxEnqueuedTokens().get("echo"))
          .isLessThanOrEqualTo(1200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "REALTIME"})
  void keepsWhatAnExpiredBatchAnsweredAndAsksTheRestAgain(Options.BatchFallback fallback) {
    try (LocalEndpoint endpoint = endpoint("{'hold':['in_progress'],'holdAfterLines':60}")) {
      LlmBatch batch = LlmBatch.of(llm(endpoint).batchFallback(fallback));
      batch.submit(rows(100, 4));
      await().until(() -> endpoint.stats().batch().lines() >= 60);
      script(endpoint, "{'hold':['in_progress'],'holdAfterLines':60,'clockAheadSeconds':90000}");
      await().until(() -> batch.status(spark).batches().get(0).state().equals("expired"));
      script(endpoint, "{}");

      assertThat(outcomes(batch.run(rows(100, 3)))).isEqualTo(Map.of("right", 100L));
      assertThat(endpoint.stats().answers()).isEqualTo(100);
      assertThat(endpoint.stats().batch().creates())
          .isEqualTo(fallback == Options.BatchFallback.NONE ? 2 : 1);
    }
  }

  @Test
  void keepsWhatACancelledBatchAnswered() {
    try (LocalEndpoint endpoint = endpoint("{'hold':['in_progress'],'holdAfterLines':10}")) {
      LlmBatch batch = LlmBatch.of(llm(endpoint));
      batch.submit(rows(50, 4));
      await().until(() -> endpoint.stats().batch().lines() >= 10);
      batch.cancel(spark);
      script(endpoint, "{}");

      assertThat(batch.await(spark).isDone()).isTrue();
      assertThat(outcomes(batch.transform(rows(50, 2))))
          .isEqualTo(Map.of("right", 10L, "batch_cancelled", 40L));
      assertThat(outcomes(batch.run(rows(50, 2)))).isEqualTo(Map.of("right", 50L));
      assertThat(endpoint.stats().answers()).isEqualTo(50);
    }
  }

  @Test
  void submitsNoRowTwiceThatWaitsInABatch() {
    try (LocalEndpoint endpoint = endpoint("{'hold':['in_progress']}")) {
      LlmBatch batch = LlmBatch.of(llm(endpoint));
      batch.submit(rows(30, 2));

      assertThat(batch.submit(rows(40, 3)).requests()).isEqualTo(40);
      script(endpoint, "{}");

      assertThat(outcomes(batch.run(rows(40, 1)))).isEqualTo(Map.of("right", 40L));
      assertThat(endpoint.stats().batch().answers()).isEqualTo(40);
    }
  }

  @Test
  void submitsNothingMoreOnceItIsCancelled() {
    try (LocalEndpoint endpoint = endpoint("{'hold':['in_progress']}")) {
      LlmBatch batch = LlmBatch.of(llm(endpoint).batchFileRequests(10).batchEnqueuedTokens(150L));
      assertThat(batch.submit(rows(50, 2)).waiting()).isEqualTo(50);
      long creates = endpoint.stats().batch().creates();
      assertThat(creates).isBetween(1L, 4L);

      assertThat(batch.cancel(spark).batches())
          .extracting(BatchReport.Batch::state)
          .containsAnyOf("cancelling", "cancelled")
          .contains("cancelled")
          .doesNotContain("created", "planned", "uploaded");
      script(endpoint, "{}");

      assertThat(batch.await(spark).isDone()).isTrue();
      assertThat(endpoint.stats().batch().creates()).isEqualTo(creates);
    }
  }

  @Test
  void putsManyPartitionsIntoFewFiles() {
    try (LocalEndpoint endpoint = endpoint("{}")) {
      LlmBatch batch = LlmBatch.of(llm(endpoint).batchFileRequests(5000));

      assertThat(outcomes(batch.run(rows(20_000, 200)))).isEqualTo(Map.of("right", 20_000L));
      assertThat(endpoint.stats().batch().creates()).isLessThanOrEqualTo(5);
      assertThat(endpoint.stats().answers()).isEqualTo(20_000);
    }
  }

  @Test
  void stopsWhereTheAccountHasNoCredit() {
    try (LocalEndpoint endpoint =
        endpoint(
            "{'failures':[{'code':'billing_hard_limit_reached','message':'Billing hard limit has"
                + " been reached.'}]}")) {
      LlmBatch batch = LlmBatch.of(llm(endpoint));

      assertThatThrownBy(() -> batch.run(rows(20, 2)))
          .isInstanceOf(LlmException.class)
          .hasMessageContaining("quota")
          .hasMessageContaining("Billing hard limit");
      script(endpoint, "{}");
      assertThat(outcomes(batch.run(rows(20, 2)))).isEqualTo(Map.of("right", 20L));
    }
  }

  @Test
  void stopsWhereTheBatchApiHasNoSuchModel() {
    try (LocalEndpoint endpoint = endpoint("{'unsupportedModels':['echo']}")) {
      LlmBatch batch = LlmBatch.of(llm(endpoint));

      assertThatThrownBy(() -> batch.run(rows(20, 2)))
          .isInstanceOf(LlmException.class)
          .hasMessageContaining("not supported by the Batch API");
      assertThat(endpoint.stats().batch().creates()).isEqualTo(1);
      script(endpoint, "{}");
      assertThat(outcomes(batch.run(rows(20, 2)))).isEqualTo(Map.of("right", 20L));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"batches", "output_files"})
  void asksAgainWhatTheServiceHasLost(String lost) {
    try (LocalEndpoint endpoint = endpoint("{'gone':['" + lost + "']}")) {
      LlmBatch batch = LlmBatch.of(llm(endpoint).maxAttempts(1));
      batch.submit(rows(20, 2));

      batch.await(spark);

      assertThat(outcomes(batch.transform(rows(20, 2)))).isEqualTo(Map.of("batch_missing", 20L));
    }
  }

  @Test
  void leavesNoPromptBehindWhenAllIsCollected() throws Exception {
    try (LocalEndpoint endpoint = endpoint("{}")) {
      run(llm(endpoint), 100);

      try (Stream<Path> files = Files.walk(folder.resolve("checkpoint"))) {
        List<Path> holding =
            files
                .filter(Files::isRegularFile)
                .filter(file -> content(file).contains("row 7"))
                .toList();
        assertThat(holding).isEmpty();
      }
    }
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void refusesAnotherModelWhileBatchesAreUnderWay() {
    try (LocalEndpoint endpoint = endpoint("{'hold':['validating']}")) {
      LlmBatch.of(llm(endpoint)).submit(rows(10, 2));

      assertThatThrownBy(() -> LlmBatch.of(llm(endpoint).model("local")).submit(rows(10, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("collect or cancel them first");
    }
  }

  @Test
  void needsTheCheckpointAloneToCollect() {
    try (LocalEndpoint endpoint = endpoint("{}")) {
      LlmBatch.of(llm(endpoint)).submit(rows(40, 4));

      Llm bare = Llm.chat().checkpoint(folder.resolve("checkpoint").toString());
      assertThat(LlmBatch.of(bare).await(spark).isDone()).isTrue();
      assertThat(outcomes(LlmBatch.of(llm(endpoint)).transform(rows(40, 1))))
          .isEqualTo(Map.of("right", 40L));
    }
  }
}

package io.sparkllm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sparkllm.coordination.BudgetAsk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Executors that share a driver, and what they do without it. */
@Timeout(60)
class ExecutorsTest {
  private static final String STALL_AND_QUOTA =
      "{'faults': [{'kind': 'stall', 'contains': 'slow'}, {'kind': 'quota', 'contains': 'poor'}]}";

  private static CompletableFuture<List<Row>> inBackground(Engine.Task task, Stream<Row> rows) {
    return CompletableFuture.supplyAsync(() -> task.run(rows));
  }

  private static Stream<Row> texts(String... texts) {
    return Stream.of(texts).map(text -> RowFactory.create(0, text));
  }

  private static long sum(Engine engine, ToLongFunction<BudgetAsk> part) {
    return engine.driver.asks().stream().mapToLong(part).sum();
  }

  @Test
  void twoExecutorsTogetherKeepToTheLimitOfRequests() throws Exception {
    try (Engine one = Engine.scripted("{'rateLimit': {'requestsPerMinute': 1200}}");
        Engine two = one.anotherExecutor()) {
      Engine.Task first = one.task().with("requestsPerMinute", "1200");
      Engine.Task second = two.task().with("requestsPerMinute", "1200");
      CompletableFuture<List<Row>> background = inBackground(first, Engine.rows(40));

      assertThat(second.run(Engine.rows(40))).hasSize(40);
      assertThat(background.get()).hasSize(40);
      assertThat(one.stats().byStatus()).containsOnly(Map.entry(200, 80L));
    }
  }

  @Test
  void twoExecutorsTogetherKeepToTheLimitOfTokens() throws Exception {
    String script = "{'rateLimit': {'tokensPerMinute': 120000}}";
    try (Engine one = Engine.scripted(script);
        Engine two = one.anotherExecutor()) {
      CompletableFuture<List<Row>> background = inBackground(limited(one.task()), Engine.rows(40));

      assertThat(limited(two.task()).run(Engine.rows(40))).hasSize(40);
      assertThat(background.get()).hasSize(40);
      assertThat(one.stats().byStatus()).containsOnly(Map.entry(200, 80L));
    }
  }

  private static Engine.Task limited(Engine.Task task) {
    return task.with("tokensPerMinute", "120000").with("maxTokens", "100");
  }

  @Test
  void aRequestLargerThanAMinutesTokensIsItsRowsErrorAndIsNotAsked() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      String large = "long ".repeat(2_000);
      List<Row> out =
          engine.task().with("tokensPerMinute", "2000").run(texts("short", large, "also short"));

      assertThat(out).extracting(Engine::errorType).containsExactly(null, "invalid_request", null);
      Row error = Engine.error(out.get(1));
      assertThat(error.getString(1)).isEqualTo("request_too_large");
      assertThat(error.getString(2)).contains("tokensPerMinute=2,000");
      assertThat(error.getBoolean(4)).as("retryable").isFalse();
      assertThat(error.getInt(5)).as("attempts").isZero();
      assertThat(engine.stats().requests()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "maxTokens, 5000",
    "params, '{\"max_tokens\": 5000}'",
    "params, '{\"max_completion_tokens\": 5000}'",
  })
  void anAnswersLimitLargerThanAMinutesTokensIsARowsErrorToo(String option, String value)
      throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      List<Row> out =
          engine.task().with("tokensPerMinute", "1000").with(option, value).run(Engine.rows(20));

      assertThat(out).hasSize(20);
      assertThat(out).extracting(Engine::errorType).containsOnly("invalid_request");
      assertThat(engine.stats().requests()).isZero();
    }
  }

  @Test
  void aPictureIsNotTakenForAsManyTokensAsItsEncodingIsLong() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      String picture =
          "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"What is it?\"},"
              + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
              + "A".repeat(400_000)
              + "\"}}]}]";
      List<Row> out =
          engine
              .task()
              .without("prompt")
              .with("messagesCol", "text")
              .with("tokensPerMinute", "60000")
              .run(texts(picture));

      assertThat(out).extracting(Engine::errorType).containsOnlyNulls();
    }
  }

  @Test
  void aCallThatBacksOffEndsWhenItsStageIsStopped() throws Exception {
    // It would be asked again after five minutes.
    String script =
        "{'faults': [{'kind': 'throttle', 'contains': 'busy', 'retryAfter': 300},"
            + " {'kind': 'quota', 'contains': 'poor', 'latencyMs': 300}]}";
    try (Engine engine = Engine.scripted(script)) {
      List<Row> out = engine.task().with("onFatal", "column").run(texts("busy", "poor"));

      assertThat(out).extracting(Engine::errorType).containsExactly("rate_limited", "quota");
    }
  }

  @Test
  void aCallThatBacksOffEndsWhenAnotherExecutorStopsItsStage() throws Exception {
    String script =
        "{'faults': [{'kind': 'throttle', 'contains': 'busy', 'retryAfter': 300},"
            + " {'kind': 'quota', 'contains': 'poor', 'latencyMs': 1000}]}";
    try (Engine one = Engine.scripted(script);
        Engine two = one.anotherExecutor()) {
      Engine.Task busy = one.task().with("onFatal", "column");
      Engine.Task poor = two.task().with("onFatal", "column");
      CompletableFuture<List<Row>> background = inBackground(poor, texts("poor"));
      // The refusal of the other holds back whatever was not sent by then.
      await().until(() -> one.stats().inFlight() == 1);

      assertThat(busy.run(texts("busy"))).extracting(Engine::errorType).hasSize(1);
      assertThat(background.get()).extracting(Engine::errorType).containsExactly("quota");
    }
  }

  @Test
  void queuedCallsEndWhenTheirStageIsStoppedThoughAllPlacesAreTaken() throws Exception {
    try (Engine one = Engine.scripted(STALL_AND_QUOTA);
        Engine two = one.anotherExecutor()) {
      CallIterator stuck =
          one.task()
              .with("onFatal", "column")
              .with("ordered", "false")
              .with("concurrency", "1")
              .over(texts("slow", "queued", "queued").iterator());
      CompletableFuture<Row> first = CompletableFuture.supplyAsync(stuck::next);
      await().until(() -> one.stats().inFlight() == 1);
      two.task().with("onFatal", "column").run(texts("poor"));

      assertThat(Engine.errorType(first.get())).isEqualTo("not_attempted");
      assertThat(Engine.errorType(stuck.next())).isEqualTo("not_attempted");
    }
  }

  @Test
  void aTaskWithALimitDoesNotSpendWhatWasGrantedWithoutOne() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      engine.task().run(Engine.rows(20));
      CountDownLatch busyDriver = engine.driver.hold();
      CallIterator limited =
          engine.task().with("requestsPerMinute", "60").over(Engine.rows(4).iterator());
      CompletableFuture<Row> row = CompletableFuture.supplyAsync(limited::next);

      await().until(() -> engine.dispatcher.queued() == 4);
      assertThat(engine.stats().requests()).isEqualTo(20);
      engine.driver.find();
      busyDriver.countDown();
      assertThat(Engine.error(row.get())).isNull();
    }
  }

  @Test
  void aTaskWithALimitDoesNotSpendAnUnlimitedShareWithoutADriver() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      engine.driver.lose();
      engine.task().run(Engine.rows(20));
      CountDownLatch busyDriver = engine.driver.hold();
      CallIterator limited =
          engine.task().with("requestsPerMinute", "1").over(Engine.rows(4).iterator());
      assertThat(Engine.error(limited.next())).isNull();

      // The first goes at once, and the others wait for the next minute.
      assertThat(engine.dispatcher.queued()).isEqualTo(3);
      assertThat(engine.stats().requests()).isEqualTo(21);
      limited.close();
      busyDriver.countDown();
    }
  }

  @Test
  void everyRowIsAnsweredWithoutADriverAtItsShareOfTheLimit() throws Exception {
    try (Engine engine = Engine.scripted("{'rateLimit': {'requestsPerMinute': 1200}}")) {
      engine.driver.lose();
      List<Row> out = engine.task().with("requestsPerMinute", "1200").run(Engine.rows(40));

      assertThat(out).hasSize(40);
      Engine.assertAligned(out);
      assertThat(engine.stats().byStatus()).containsOnly(Map.entry(200, 40L));
    }
  }

  @Test
  void everyRowIsAnsweredWhereTheDriverIsLostInBetween() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      CallIterator rows =
          engine.task().with("requestsPerMinute", "3000").over(Engine.rows(100).iterator());
      List<Row> out = new ArrayList<>();
      while (out.size() < 30) {
        out.add(rows.next());
      }
      engine.driver.lose();
      while (out.size() < 60) {
        out.add(rows.next());
      }
      engine.driver.find();
      rows.forEachRemaining(out::add);

      assertThat(out).hasSize(100);
      Engine.assertAligned(out);
    }
  }

  @Test
  void theDriverHearsOfSlowDown() throws Exception {
    try (Engine engine = Engine.scripted("{'faults': [{'kind': 'slow_down', 'first': 1}]}")) {
      engine.task().run(Engine.rows(1));

      await().until(() -> sum(engine, ask -> ask.observed().slowDown() ? 1 : 0) == 1);
      assertThat(sum(engine, ask -> ask.observed().throttled())).isEqualTo(1);
    }
  }

  @Test
  void theDriverHearsLaterWhatWasSeenWhileItWasLost() throws Exception {
    try (Engine engine = Engine.scripted("{'faults': [{'kind': 'slow_down', 'first': 1}]}")) {
      engine.driver.lose();
      CallIterator rows = engine.task().over(Engine.rows(2).iterator());
      rows.next();
      rows.next();
      engine.driver.find();
      engine.dispatcher.stopped();

      await().until(() -> sum(engine, ask -> ask.observed().slowDown() ? 1 : 0) == 1);
      await().until(() -> sum(engine, ask -> ask.observed().accepted()) == 2);
      assertThat(sum(engine, ask -> ask.observed().throttled())).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void aServiceThatDoesNotCountTokensGetsNoneBack(long counted) throws Exception {
    try (Engine engine = Engine.scripted(usage(counted))) {
      // Each is charged some 258 tokens: the second is due half a minute after the first.
      CallIterator rows =
          engine.task().with("tokensPerMinute", "600").over(Engine.rows(2).iterator());
      rows.next();
      int asks = engine.driver.asks().size();

      await().until(() -> engine.driver.asks().size() > asks + 10);
      assertThat(engine.stats().requests()).isEqualTo(1);
    }
  }

  @Test
  void anAnswerThatClaimsNonsensicalTokensIsNotPaidOffForEver() throws Exception {
    try (Engine engine = Engine.scripted(usage(Long.MAX_VALUE / 4))) {
      List<Row> out = engine.task().with("tokensPerMinute", "6000000").run(Engine.rows(30));

      assertThat(out).hasSize(30);
    }
  }

  private static String usage(long counted) {
    return ("{'faults': [{'kind': 'json', 'body': {'choices': [{'message': {'content': 'yes'}}],"
            + " 'usage': {'prompt_tokens': %d, 'completion_tokens': %d, 'total_tokens': %d}}}]}")
        .formatted(counted, counted, counted);
  }
}

package io.sparkllm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.sparkllm.CallCounts;
import io.sparkllm.LlmException;
import io.sparkllm.http.Reply;
import io.sparkllm.http.Transport;
import io.sparkllm.throttle.AdaptiveConcurrency;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class CallIteratorTest {
  private static final String FAULTS =
      "{'seed': 7, 'faults': ["
          + "{'kind': 'server_error', 'ratio': 0.05},"
          + "{'kind': 'drop', 'ratio': 0.03},"
          + "{'kind': 'stall', 'ratio': 0.01},"
          + "{'kind': 'malformed', 'ratio': 0.01},"
          + "{'kind': 'truncated', 'ratio': 0.01},"
          + "{'kind': 'throttle', 'ratio': 0.05, 'retryAfter': 0.02}]}";

  /** Hangs every call until its connection is closed. */
  private static final String STALL = "{'faults': [{'kind': 'stall'}]}";

  private static List<Integer> upTo(int n) {
    return IntStream.range(0, n).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void answersEveryRowOnceUnderFaults(boolean ordered) throws Exception {
    try (Engine engine = Engine.scripted(FAULTS)) {
      List<Row> out =
          engine
              .task()
              .with("requestTimeout", "700ms")
              .with("ordered", Boolean.toString(ordered))
              .run(Engine.rows(600));

      assertThat(Engine.ids(out)).containsExactlyInAnyOrderElementsOf(upTo(600));
      assertThat(out).allSatisfy(r -> assertThat(Engine.error(r)).isNull());
      Engine.assertAligned(out);
    }
  }

  @Test
  void keepsTheOrderOfTheRowsUnderFaults() throws Exception {
    try (Engine engine = Engine.scripted(FAULTS)) {
      List<Row> out = engine.task().with("requestTimeout", "700ms").run(Engine.rows(300));

      assertThat(Engine.ids(out)).isEqualTo(upTo(300));
    }
  }

  @Test
  void givesRowsAsTheyFinishWhereOrderDoesNotMatter() throws Exception {
    String script =
        "{'faults': [{'kind': 'status', 'status': 400, 'contains': 'text 0',"
            + " 'latencyMs': 700}]}";
    try (Engine engine = Engine.scripted(script)) {
      List<Row> out = engine.task().with("ordered", "false").run(Engine.rows(40));

      assertThat(Engine.ids(out)).endsWith(0).containsExactlyInAnyOrderElementsOf(upTo(40));
    }
  }

  @Test
  void letsOthersGoOnWhileTheHeadIsSlow() throws Exception {
    String script = "{'faults': [{'kind': 'stall', 'contains': 'text 30'}]}";
    try (Engine engine = Engine.scripted(script)) {
      CallIterator iterator = engine.task().over(Engine.rows(1000).iterator());
      for (int i = 0; i < 30; i++) {
        iterator.next();
      }
      CompletableFuture<Void> head = CompletableFuture.runAsync(iterator::next);

      await().untilAsserted(() -> assertThat(engine.stats().answers()).isGreaterThan(50));
      iterator.close();
      assertThat(catchThrowable(head::get)).hasCauseInstanceOf(CancellationException.class);
    }
  }

  @Test
  void letsThreeLargeRequestsGoOnWhileTheHeadIsSlow() throws Exception {
    String script =
        "{'arrays': {'accept': true}, 'faults': [{'kind': 'stall', 'contains': 'never'}]}";
    try (Engine engine = Engine.scripted(script)) {
      engine.task().with("mode", "array").run(Engine.rows(400));
      long before = engine.stats().answers();
      CallIterator iterator =
          engine
              .sameStage()
              .with("mode", "array")
              .with("concurrency", "2")
              .over(
                  IntStream.range(0, 1_000)
                      .mapToObj(i -> RowFactory.create(i, i == 40 ? "never" : "again " + i))
                      .iterator());
      for (int i = 0; i < 32; i++) {
        iterator.next();
      }
      CompletableFuture<Void> head = CompletableFuture.runAsync(iterator::next);

      await()
          .untilAsserted(
              () -> assertThat(engine.stats().answers() - before).isGreaterThanOrEqualTo(4 * 32));
      iterator.close();
      assertThat(catchThrowable(head::get)).hasCauseInstanceOf(CancellationException.class);
    }
  }

  @Test
  void asksAHandfulWhereFiveRowsAreTaken() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      CallIterator iterator = engine.task().over(Engine.rows(1000).iterator());
      for (int i = 0; i < 5; i++) {
        iterator.next();
      }
      iterator.close();

      assertThat(engine.stats().requests()).isBetween(5L, 12L);
    }
  }

  @Test
  void asksNothingBeforeARowIsTaken() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      assertThat(engine.task().over(Engine.rows(1000).iterator()).hasNext()).isTrue();
      assertThat(engine.stats().requests()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void neverTakesMoreRowsThanItsWindow(boolean ordered) throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      AtomicInteger taken = new AtomicInteger();
      Iterator<Row> rows = Engine.rows(500).peek(r -> taken.incrementAndGet()).iterator();
      CallIterator iterator =
          engine
              .task()
              .with("concurrency", "2")
              .with("ordered", Boolean.toString(ordered))
              .over(rows);
      int most = 0;
      for (int given = 0; iterator.hasNext(); given++) {
        iterator.next();
        most = Math.max(most, taken.get() - given);
      }

      assertThat(most).isLessThanOrEqualTo(2 * 32);
    }
  }

  @Test
  void neverHoldsMoreBytesThanItsShare() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      engine.windowBytes = 100_000;
      AtomicInteger taken = new AtomicInteger();
      Iterator<Row> rows =
          IntStream.range(0, 100)
              .mapToObj(i -> RowFactory.create(i, "x".repeat(10_000)))
              .peek(r -> taken.incrementAndGet())
              .iterator();
      CallIterator iterator = engine.task().over(rows);
      int most = 0;
      for (int given = 0; iterator.hasNext(); given++) {
        iterator.next();
        most = Math.max(most, taken.get() - given);
      }

      assertThat(most).isLessThanOrEqualTo(6);
    }
  }

  @Test
  void takesARowThatIsLargerThanItsShare() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      engine.windowBytes = 10;

      assertThat(engine.task().run(Engine.rows(20))).hasSize(20);
    }
  }

  @Test
  void givesNothingForAnEmptyPartition() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      assertThat(engine.task().run(Engine.rows(0))).isEmpty();
    }
  }

  @Test
  void answersARowWithoutTextWithoutACall() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      List<Row> out =
          engine.task().run(Stream.of(RowFactory.create(1, null), RowFactory.create(2, " ")));

      assertThat(out).extracting(Engine::errorType).containsOnly("invalid_input");
      assertThat(engine.stats().requests()).isZero();
      Engine.assertAligned(out);
    }
  }

  @Test
  void stopsWhenTheTaskIsKilled() throws Exception {
    try (Engine engine = Engine.scripted(STALL)) {
      Engine.Task task = engine.task();
      CallIterator iterator = task.over(Engine.rows(100).iterator());
      CompletableFuture<Row> next = CompletableFuture.supplyAsync(iterator::next);
      await().until(() -> engine.stats().inFlight() == AdaptiveConcurrency.START);

      task.scope.interrupted = true;

      assertThat(catchThrowable(next::join)).hasCauseInstanceOf(CancellationException.class);
      assertThat(engine.dispatcher.inFlight()).isZero();
    }
  }

  @Test
  void stopsWhenItsThreadIsInterrupted() throws Exception {
    try (Engine engine = Engine.scripted(STALL)) {
      CallIterator iterator = engine.task().over(Engine.rows(100).iterator());
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread thread = new Thread(() -> thrown.set(catchThrowable(iterator::next)));
      thread.start();
      await().until(() -> engine.stats().inFlight() == AdaptiveConcurrency.START);

      thread.interrupt();
      thread.join();

      assertThat(thrown.get()).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void endsTheWorkOfTheServiceOnWhatItGivesUp() throws Exception {
    try (Engine engine = Engine.scripted(STALL)) {
      CallIterator iterator = engine.task().over(Engine.rows(100).iterator());
      CompletableFuture<Row> next = CompletableFuture.supplyAsync(iterator::next);
      await().until(() -> engine.stats().inFlight() == AdaptiveConcurrency.START);

      iterator.close();

      await().until(() -> engine.stats().abandoned() == AdaptiveConcurrency.START);
      assertThat(catchThrowable(next::join)).hasCauseInstanceOf(CancellationException.class);
    }
  }

  @Test
  void asksNothingMoreOnceClosed() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      AtomicInteger taken = new AtomicInteger();
      CallIterator iterator =
          engine.task().over(Engine.rows(100).peek(r -> taken.incrementAndGet()).iterator());
      iterator.next();
      iterator.close();
      int before = taken.get();

      assertThat(iterator.hasNext()).isFalse();
      assertThatExceptionOfType(CancellationException.class).isThrownBy(iterator::next);
      assertThat(taken).hasValue(before);
    }
  }

  @Test
  void endsItsThreadWhenAnotherOneClosesIt() throws Exception {
    try (Engine engine = Engine.scripted("{'latencyMs': 1}")) {
      for (int round = 0; round < 8; round++) {
        CallIterator iterator = engine.task().over(Engine.rows(100_000).iterator());
        CompletableFuture<Void> puller =
            CompletableFuture.runAsync(() -> iterator.forEachRemaining(r -> {}));
        long goal = engine.stats().answers() + 20;
        await().pollInterval(Duration.ofMillis(2)).until(() -> engine.stats().answers() > goal);

        iterator.close();

        try {
          puller.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(CancellationException.class);
        }
        await().until(() -> engine.dispatcher.inFlight() == 0);
      }
    }
  }

  @Test
  void leavesAnotherTaskAloneWhenClosed() throws Exception {
    String script = "{'faults': [{'kind': 'stall', 'contains': 'never'}]}";
    try (Engine engine = Engine.scripted(script)) {
      CallIterator stuck =
          engine
              .task()
              .with("concurrency", "2")
              .over(IntStream.range(0, 9).mapToObj(i -> RowFactory.create(i, "never")).iterator());
      CompletableFuture<Row> next = CompletableFuture.supplyAsync(stuck::next);
      await().until(() -> engine.stats().inFlight() == 2);
      CompletableFuture<List<Row>> other =
          CompletableFuture.supplyAsync(() -> engine.task().run(Engine.rows(50)));

      stuck.close();

      assertThat(other.get(20, TimeUnit.SECONDS)).hasSize(50);
      assertThat(catchThrowable(next::join)).hasCauseInstanceOf(CancellationException.class);
    }
  }

  /** Runs a hook when the second call was sent and before the dispatcher knows it. */
  private record Hooked(Transport inner, AtomicInteger posts, Runnable hook) implements Transport {
    @Override
    public Attempt post(
        URI url,
        Map<String, String> headers,
        byte[] body,
        Duration timeout,
        Consumer<Reply> onReply) {
      Attempt attempt = inner.post(url, headers, body, timeout, onReply);
      if (posts.incrementAndGet() == 2) {
        hook.run();
      }
      return attempt;
    }

    @Override
    public void close() {
      inner.close();
    }
  }

  @Test
  void givesItsPlaceToAnotherTaskWhenClosedWhileSending() throws Exception {
    String script = "{'faults': [{'kind': 'stall', 'contains': 'never'}]}";
    AtomicReference<Runnable> hook = new AtomicReference<>();
    try (Engine engine =
        Engine.scripted(
            script, inner -> new Hooked(inner, new AtomicInteger(), () -> hook.get().run()))) {
      CallIterator stuck =
          engine
              .task()
              .with("concurrency", "1")
              .over(Stream.of(RowFactory.create(1, "a"), RowFactory.create(2, "never")).iterator());
      CompletableFuture<List<Row>> other = new CompletableFuture<>();
      hook.set(
          () -> {
            other.completeAsync(() -> engine.task().run(Engine.rows(1)));
            await().until(() -> engine.dispatcher.queued() == 1);
            stuck.close();
          });

      assertThat(catchThrowable(() -> stuck.forEachRemaining(r -> {})))
          .isInstanceOf(CancellationException.class);
      assertThat(other.get(10, TimeUnit.SECONDS)).hasSize(1);
    }
  }

  @Test
  void stopsAfterAFewCallsWithAWrongKey() throws Exception {
    try (Engine engine = Engine.scripted("{'requireKey': 'sk-right'}")) {
      assertThatExceptionOfType(LlmException.class)
          .isThrownBy(() -> engine.task().run(Engine.rows(1000)))
          .satisfies(
              e ->
                  assertThat(e.getMessage())
                      .startsWith("Stopped calling http://127.0.0.1:")
                      .contains("(model echo): auth: HTTP 401, Incorrect API key")
                      .contains("Check the key (apiKeyEnv, apiKeyFile)")
                      .doesNotContain("\n")
                      .doesNotContain(Engine.KEY));
      assertThat(engine.stats().requests()).isLessThanOrEqualTo(AdaptiveConcurrency.START);
    }
  }

  @Test
  void callsNoMoreInARetriedTaskOfAStoppedStage() throws Exception {
    try (Engine engine = Engine.scripted("{'requireKey': 'sk-right'}")) {
      assertThatExceptionOfType(LlmException.class)
          .isThrownBy(() -> engine.task().run(Engine.rows(1)));

      assertThatExceptionOfType(LlmException.class)
          .isThrownBy(() -> engine.sameStage().run(Engine.rows(10)));
      assertThat(engine.stats().requests()).isOne();
    }
  }

  @Test
  void callsAgainInAnotherStage() throws Exception {
    try (Engine engine = Engine.scripted("{'faults': [{'kind': 'quota', 'contains': 'first'}]}")) {
      assertThatExceptionOfType(LlmException.class)
          .isThrownBy(() -> engine.task().run(Stream.of(RowFactory.create(1, "first"))));

      assertThat(engine.task().run(Engine.rows(10))).hasSize(10);
    }
  }

  @Test
  void failsWhenTheFatalReplyComesWhileARowIsTaken() throws Exception {
    try (Engine engine = Engine.scripted("{'requireKey': 'sk-right'}")) {
      Engine.Task task = engine.task();
      Iterator<Row> oneRow = Engine.rows(1).iterator();
      Iterator<Row> slow =
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              if (!oneRow.hasNext()) {
                await()
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> task.breaker().cause() != null);
              }
              return oneRow.hasNext();
            }

            @Override
            public Row next() {
              return oneRow.next();
            }
          };

      assertThatExceptionOfType(LlmException.class).isThrownBy(task.over(slow)::next);
    }
  }

  @Test
  void fillsTheErrorColumnOnAFatalCauseWhereAsked() throws Exception {
    try (Engine engine = Engine.scripted("{'requireKey': 'sk-right'}")) {
      List<Row> out = engine.task().with("onFatal", "column").run(Engine.rows(1000));

      assertThat(Engine.ids(out)).isEqualTo(upTo(1000));
      assertThat(out).extracting(Engine::errorType).containsOnly("auth", "not_attempted");
      assertThat(engine.stats().requests()).isLessThanOrEqualTo(AdaptiveConcurrency.START);
      Engine.assertAligned(out);
    }
  }

  @Test
  void keepsTheAnswersThatCameBeforeAFatalCause() throws Exception {
    try (Engine engine = Engine.scripted("{'faults': [{'kind': 'quota', 'after': 50}]}")) {
      List<Row> out = engine.task().with("onFatal", "column").run(Engine.rows(400));

      assertThat(out).filteredOn(r -> Engine.response(r) != null).hasSizeBetween(49, 49);
      assertThat(out).extracting(Engine::errorType).containsOnly(null, "quota", "not_attempted");
      Engine.assertAligned(out);
    }
  }

  @Test
  void takesSeveralSuspiciousAnswersInARowForAFatalCause() throws Exception {
    String script = "{'faults': [{'status': 403, 'message': 'Forbidden'}]}";
    try (Engine engine = Engine.scripted(script)) {
      assertThatExceptionOfType(LlmException.class)
          .isThrownBy(() -> engine.task().run(Engine.rows(1000)))
          .withMessageContaining("HTTP 403, Forbidden");
      assertThat(engine.stats().requests()).isLessThan(40);
    }
  }

  @Test
  void takesOneSuspiciousAnswerForItsRowsOwn() throws Exception {
    String script = "{'faults': [{'status': 403, 'contains': 'text 7'}]}";
    try (Engine engine = Engine.scripted(script)) {
      // "text 7" and nothing else of the first ten.
      List<Row> out = engine.task().run(Engine.rows(10));

      assertThat(out)
          .filteredOn(r -> Engine.error(r) != null)
          .singleElement()
          .extracting(Engine::errorType)
          .isEqualTo("auth");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "context_length, context_length, context_length_exceeded, 400",
    "content_filter, content_filter, content_filter, 400",
    "too_large, invalid_request, rate_limit_exceeded, 429",
    "refuse, refusal, , 200",
    "filter, content_filter, content_filter, 200",
    "empty, truncated, length, 200",
  })
  void givesABadRowItsErrorAndTheOthersTheirAnswers(
      String kind, String type, String code, int status) throws Exception {
    String script = "{'faults': [{'kind': '" + kind + "', 'contains': 'text 7'}]}";
    try (Engine engine = Engine.scripted(script)) {
      List<Row> out = engine.task().run(Engine.rows(10));

      assertThat(out)
          .filteredOn(r -> Engine.error(r) != null)
          .singleElement()
          .satisfies(
              r -> {
                Row error = Engine.error(r);
                assertThat(r.getInt(0)).isEqualTo(7);
                assertThat(error.getString(0)).isEqualTo(type);
                assertThat(error.getString(1)).isEqualTo(code);
                assertThat(error.getInt(3)).isEqualTo(status);
                assertThat(error.getBoolean(4)).isFalse();
                assertThat(error.getInt(5)).isOne();
              });
      Engine.assertAligned(out);
    }
  }

  @Test
  void tellsTheIdOfTheRequestInTheError() throws Exception {
    try (Engine engine = Engine.scripted("{'faults': [{'kind': 'context_length'}]}")) {
      Row out = engine.task().run(Engine.rows(1)).get(0);

      assertThat(Engine.error(out).getString(6)).startsWith("req");
    }
  }

  @Test
  void asksAFailingRowAsOftenAsAllowed() throws Exception {
    try (Engine engine = Engine.scripted("{'faults': [{'kind': 'server_error'}]}")) {
      Row out = engine.task().with("maxAttempts", "3").run(Engine.rows(1)).get(0);

      assertThat(Engine.errorType(out)).isEqualTo("server");
      assertThat(Engine.error(out).getBoolean(4)).isTrue();
      assertThat(Engine.error(out).getInt(5)).isEqualTo(3);
      assertThat(engine.stats().requests()).isEqualTo(3);
    }
  }

  @Test
  void countsNoThrottleAsAnAttempt() throws Exception {
    String script = "{'faults': [{'kind': 'throttle', 'times': 5, 'retryAfter': 0.01}]}";
    try (Engine engine = Engine.scripted(script)) {
      Row out = engine.task().with("maxAttempts", "1").run(Engine.rows(1)).get(0);

      assertThat(Engine.response(out)).isEqualTo(Engine.echo("text 0"));
    }
  }

  @Test
  void endsARowThatIsThrottledForLongerThanItsTime() throws Exception {
    String script = "{'faults': [{'kind': 'throttle', 'retryAfter': 0.7}]}";
    try (Engine engine = Engine.scripted(script)) {
      Row out = engine.task().with("rowTimeout", "2s").run(Engine.rows(1)).get(0);

      assertThat(Engine.errorType(out)).isEqualTo("rate_limited");
      assertThat(Engine.error(out).getInt(5)).isBetween(2, 3);
    }
  }

  @Test
  void endsARowThatIsAskedToWaitForThousandsOfYears() throws Exception {
    String script =
        "{'faults': [{'kind': 'throttle', 'retryAfterForm': 'none',"
            + " 'headers': {'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT'}}]}";
    try (Engine engine = Engine.scripted(script)) {
      Row out = engine.task().run(Engine.rows(1)).get(0);

      assertThat(Engine.errorType(out)).isEqualTo("rate_limited");
    }
  }

  @Test
  void endsARowWhoseRetryCannotBeDecided() throws Exception {
    try (Engine engine = Engine.scripted("{'faults': [{'kind': 'server_error'}]}")) {
      Row out = engine.task().jitter(Double.NaN).run(Engine.rows(1)).get(0);

      assertThat(Engine.errorType(out)).isEqualTo("invalid_response");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stall", "slow_body"})
  void givesUpAnAttemptAfterItsTime(String kind) throws Exception {
    String script = "{'faults': [{'kind': '" + kind + "', 'chunkBytes': 1}]}";
    try (Engine engine = Engine.scripted(script)) {
      Row out =
          engine
              .task()
              .with("requestTimeout", "150ms")
              .with("maxAttempts", "2")
              .run(Engine.rows(1))
              .get(0);

      assertThat(Engine.errorType(out)).isEqualTo("timeout");
      assertThat(Engine.error(out).getInt(5)).isEqualTo(2);
    }
  }

  @Test
  void givesUpAnAttemptWhenTheRowsTimeIsOver() throws Exception {
    try (Engine engine = Engine.scripted(STALL)) {
      Row out = engine.task().with("rowTimeout", "200ms").run(Engine.rows(1)).get(0);

      assertThat(Engine.errorType(out)).isEqualTo("timeout");
      assertThat(Engine.error(out).getInt(5)).isOne();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "drop, connection",
    "truncated, connection",
    "malformed, invalid_response",
    "empty_body, invalid_response",
    "html, server"
  })
  void namesWhatBrokeAReply(String kind, String type) throws Exception {
    String script = "{'faults': [{'kind': '" + kind + "', 'contains': 'text 1'}]}";
    try (Engine engine = Engine.scripted(script)) {
      Row out = engine.task().with("maxAttempts", "2").run(Engine.rows(2)).get(1);

      assertThat(Engine.errorType(out)).isEqualTo(type);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2", "8"})
  void tellsAnUnreachableEndpointSoon(String maxAttempts) throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      engine.stopServer();

      assertThatExceptionOfType(LlmException.class)
          .isThrownBy(() -> engine.task().with("maxAttempts", maxAttempts).run(Engine.rows(1000)))
          .withMessageContaining("connection: HttpHostConnectException")
          .withMessageContaining("Check the option endpoint");
    }
  }

  @Test
  void connectsThreeTimesToAnUnreachableEndpoint() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      engine.stopServer();
      Row out = engine.task().with("onFatal", "column").run(Engine.rows(1)).get(0);

      assertThat(Engine.error(out).getInt(5)).isEqualTo(3);
    }
  }

  @Test
  void hidesTheKeyThatAServiceRepeats() throws Exception {
    String script = "{'faults': [{'status': 400, 'message': 'Bad token " + Engine.KEY + " here'}]}";
    try (Engine engine = Engine.scripted(script)) {
      Row out = engine.task().run(Engine.rows(1)).get(0);

      assertThat(Engine.error(out).getString(2)).isEqualTo("Bad token <hidden> here");
    }
  }

  @Test
  void staysBelowTheRequestsPerMinuteOfTheService() throws Exception {
    try (Engine engine = Engine.scripted("{'rateLimit': {'requestsPerMinute': 1200}}")) {
      engine.task().with("requestsPerMinute", "1200").run(Engine.rows(30));

      assertThat(engine.stats().byStatus()).containsOnly(Map.entry(200, 30L));
    }
  }

  @Test
  void staysBelowTheTokensPerMinuteOfAServiceThatChargesTheLimitOfTheAnswer() throws Exception {
    String script = "{'rateLimit': {'tokensPerMinute': 60000}}";
    try (Engine engine = Engine.scripted(script)) {
      engine.task().with("tokensPerMinute", "60000").with("maxTokens", "100").run(Engine.rows(25));

      assertThat(engine.stats().byStatus()).containsOnlyKeys(200);
    }
  }

  @Test
  void toleratesAsManyErrorsAsTheRatioAllows() throws Exception {
    String script = "{'faults': [{'kind': 'context_length', 'contains': 'bad'}]}";
    try (Engine engine = Engine.scripted(script)) {
      Stream<Row> rows =
          IntStream.range(0, 100).mapToObj(i -> RowFactory.create(i, (i < 29 ? "bad " : "") + i));

      // 0.29 * 100 is less than 29 in floating point.
      assertThat(engine.task().with("maxErrorRatio", "0.29").run(rows)).hasSize(100);
    }
  }

  @Test
  void failsATaskWithMoreErrorsThanTheRatioAllows() throws Exception {
    String script = "{'faults': [{'kind': 'context_length', 'contains': 'text 1'}]}";
    try (Engine engine = Engine.scripted(script)) {
      List<Row> out = new ArrayList<>();
      CallIterator iterator =
          engine.task().with("maxErrorRatio", "0.05").over(Engine.rows(10).iterator());

      assertThatExceptionOfType(LlmException.class)
          .isThrownBy(() -> iterator.forEachRemaining(out::add))
          .withMessageStartingWith(
              "Stopped: 1 of 10 rows of a task failed, more than maxErrorRatio=0.05 allows;");
      assertThat(out).hasSize(10);
    }
  }

  @Test
  void countsRowsErrorsCallsAndTokens() throws Exception {
    String script =
        "{'faults': [{'kind': 'server_error', 'contains': 'text 1', 'times': 1},"
            + " {'kind': 'context_length', 'contains': 'text 2'}]}";
    try (Engine engine = Engine.scripted(script)) {
      engine.task().run(Engine.rows(10));

      assertThat(engine.counts.get())
          .extracting(CallCounts::rows, CallCounts::errors, CallCounts::calls, CallCounts::retries)
          .containsExactly(10L, 1L, 11L, 1L);
    }
  }

  @Test
  void tellsModelTokensAndSourceInTheMetadata() throws Exception {
    try (Engine engine = Engine.scripted("{}")) {
      Row metadata = engine.task().run(Engine.rows(1)).get(0).getStruct(4);

      assertThat(metadata.getString(0)).isEqualTo("echo");
      assertThat(metadata.getString(1)).isEqualTo("stop");
      assertThat(metadata.getLong(5)).isEqualTo(metadata.getLong(2) + metadata.getLong(4));
      assertThat(metadata.getString(9)).isEqualTo("api");
    }
  }

  @Test
  void worksWithTheResponsesApi() throws Exception {
    try (Engine engine = Engine.scripted(FAULTS)) {
      List<Row> out =
          engine
              .task()
              .with("api", "responses")
              .with("requestTimeout", "700ms")
              .run(Engine.rows(100));

      assertThat(out).hasSize(100);
      Engine.assertAligned(out);
    }
  }

  @Test
  void failsOnTooManyErrorsEvenWhereFatalCausesFillTheColumn() throws Exception {
    String script = "{'faults': [{'kind': 'context_length', 'contains': 'text 1'}]}";
    try (Engine engine = Engine.scripted(script)) {
      Engine.Task task = engine.task().with("maxErrorRatio", "0.05").with("onFatal", "column");

      assertThatExceptionOfType(LlmException.class).isThrownBy(() -> task.run(Engine.rows(10)));
      // As Spark's retry of the task would.
      assertThatExceptionOfType(LlmException.class).isThrownBy(() -> task.run(Engine.rows(10)));
    }
  }

  @Test
  void aQuotasRetryAfterDelaysNoLaterAction() throws Exception {
    String script = "{'faults': [{'kind': 'quota', 'first': 1, 'retryAfter': 600}]}";
    try (Engine engine = Engine.scripted(script)) {
      assertThatExceptionOfType(LlmException.class)
          .isThrownBy(() -> engine.task().run(Engine.rows(1)));

      assertThat(engine.task().with("rowTimeout", "30s").run(Engine.rows(3))).hasSize(3);
    }
  }
}

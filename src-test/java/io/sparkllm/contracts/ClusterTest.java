package io.sparkllm.contracts;

import static io.sparkllm.testing.ForkedSpark.LOCAL_CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.CallCounts;
import io.sparkllm.Llm;
import io.sparkllm.RunMonitor;
import io.sparkllm.config.Options.OnFatal;
import io.sparkllm.local.EndpointStats;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.ForkedSpark;
import io.sparkllm.testing.ForkedSpark.Finished;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contracts where executors are JVMs of their own and Spark tries a failed task four times. One
 * application runs all scenarios, each against an endpoint of its own that counts its calls.
 */
@Tag("smoke")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterTest {
  private static final int ROWS = 400;
  private static final String KEY = "sk-never-shown-4711";

  private final LocalEndpoint wrongKey = Scripted.endpoint("{\"requireKey\": \"right\"}");
  private final LocalEndpoint quota = Scripted.endpoint("{\"faults\": [{\"kind\": \"quota\"}]}");
  private final LocalEndpoint column = Scripted.endpoint("{\"requireKey\": \"right\"}");
  private final LocalEndpoint ratio = Scripted.endpoint("{\"faults\": [{\"status\": 400}]}");
  private final LocalEndpoint stalling =
      Scripted.endpoint("{\"faults\": [{\"after\": 9, \"kind\": \"stall\"}]}");
  private final LocalEndpoint hanging =
      Scripted.endpoint("{\"faults\": [{\"first\": 4, \"kind\": \"stall\"}]}");
  private final LocalEndpoint ratioOfOne = Scripted.endpoint("{\"faults\": [{\"status\": 400}]}");
  private final LocalEndpoint good = Scripted.endpoint("{}");
  private final List<LocalEndpoint> endpoints =
      List.of(wrongKey, quota, column, ratio, stalling, hanging, good, ratioOfOne);

  private Finished finished;

  @BeforeAll
  void runAllScenarios() {
    finished =
        ForkedSpark.main(Scenarios.class)
            .master(LOCAL_CLUSTER)
            // Whatever the connector hands to Spark has to pass either serializer.
            .conf("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .arguments(endpoints.stream().map(LocalEndpoint::url).toArray())
            .timeLimit(Duration.ofMinutes(4))
            .run();
    assertThat(finished.exitCode()).as(finished.err()).isZero();
  }

  @AfterAll
  void close() {
    endpoints.forEach(LocalEndpoint::close);
  }

  @Test
  void aWrongKeyIsToldOnceAndRetriesOfTasksDoNotCall() {
    assertThat(told("wrongKey"))
        .contains("Stopped calling " + wrongKey.url(), "auth", "Check the key (apiKeyEnv");
    assertFewCalls(wrongKey);
  }

  @Test
  void anEmptyQuotaIsToldOnceAndRetriesOfTasksDoNotCall() {
    assertThat(told("quota")).contains("Stopped calling " + quota.url(), "quota", "credit");
    assertFewCalls(quota);
  }

  @Test
  void aFatalCauseFillsTheErrorColumnOnEveryExecutorWhereAsked() {
    assertThat(told("column")).isEqualTo(ROWS + " errors, 0 answers");
    assertFewCalls(column);
  }

  @Test
  void theErrorBudgetIsPaidOnceAndNotByEveryTry() {
    assertThat(told("ratio")).contains("maxErrorRatio=0.5", "rows of a task failed");
    // Each of the four tasks asks its rows once.
    assertThat(ratio.stats().requests()).isLessThanOrEqualTo(ROWS);
  }

  @Test
  void theErrorBudgetOfALonelyTaskIsPaidOnce() {
    assertThat(told("ratioOfOne")).contains("maxErrorRatio=0.5", "rows of a task failed");
    // Not by each of Spark's four tries, nor by the other executor.
    assertThat(ratioOfOne.stats().requests()).isEqualTo(ROWS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrongKey", "quota", "ratio", "ratioOfOne"})
  void oneCauseIsOneExceptionAndOneErrorInTheDriversLog(String scenario) {
    assertThat(told(scenario)).containsOnlyOnce("Stopped");
    assertThat(told(scenario + "Shown")).isEqualTo("1 times, 0 failed attempts");
    LocalEndpoint endpoint =
        Map.of("wrongKey", wrongKey, "quota", quota).getOrDefault(scenario, null);
    if (endpoint != null) {
      assertThat(finished.err().lines())
          .filteredOn(line -> line.contains(" ERROR ") && line.contains(endpoint.url()))
          .hasSize(1);
    }
  }

  @Test
  void aCancelledJobGivesItsCallsUpOnEveryExecutor() {
    assertThat(told("cancelled")).contains("cancelled");
    EndpointStats stats = stalling.stats();
    assertThat(stats.inFlight()).isZero();
    assertThat(stats.abandoned()).isGreaterThanOrEqualTo(8);
  }

  @Test
  void aKilledTaskGivesItsCallsUpAndItsSuccessorAnswers() {
    assertThat(told("killed")).isEqualTo("8 answers");
    assertThat(hanging.stats().inFlight()).isZero();
    assertThat(hanging.stats().abandoned()).isPositive();
  }

  @Test
  void theDriverCountsWhatAllExecutorsDid() {
    assertThat(told("counts")).isEqualTo(ROWS + " rows, 0 errors, " + ROWS + " calls");
    assertThat(told("answers")).isEqualTo(ROWS + " answers");
    assertThat(good.stats().requests()).isEqualTo(ROWS);
  }

  @Test
  void noKeyIsShownAnywhere() {
    assertThat(finished.out() + finished.err() + finished.executorLogs()).doesNotContain(KEY);
  }

  private String told(String scenario) {
    List<String> lines = finished.lines(scenario + ": ");
    assertThat(lines).as(finished.out()).hasSize(1);
    return lines.get(0);
  }

  private static void assertFewCalls(LocalEndpoint endpoint) {
    // Two executors that ask four rows before the service has answered.
    assertThat(endpoint.stats().requests()).isBetween(1L, 8L);
  }

  /** The application. Its arguments are the endpoints. */
  public static final class Scenarios {
    private final SparkSession spark;

    private Scenarios(SparkSession spark) {
      this.spark = spark;
    }

    public static void main(String[] args) throws Exception {
      Scenarios scenarios = new Scenarios(SparkSession.builder().getOrCreate());
      scenarios.failing("wrongKey", Scripted.echo(args[0]).apiKey(KEY));
      scenarios.failing("quota", Scripted.echo(args[1]));
      scenarios.fillingTheColumn(Scripted.echo(args[2]).apiKey(KEY).onFatal(OnFatal.COLUMN));
      scenarios.failing("ratio", Scripted.echo(args[3]).maxErrorRatio(0.5));
      failing(
          "ratioOfOne", Scripted.echo(args[7]).maxErrorRatio(0.5), scenarios.rows().coalesce(1));
      scenarios.cancelling(Scripted.echo(args[4]), args[4]);
      scenarios.killing(args[5]);
      scenarios.counting(Scripted.echo(args[6]));
      scenarios.spark.stop();
    }

    private Dataset<Row> rows() {
      return spark.range(0, ROWS, 1, 4).selectExpr("id", "'row ' || id text");
    }

    private static void tell(String scenario, String what) {
      System.out.println(scenario + ": " + what.lines().findFirst().orElse(""));
    }

    private void failing(String scenario, Llm llm) {
      failing(scenario, llm, rows());
    }

    private static void failing(String scenario, Llm llm, Dataset<Row> rows) {
      try {
        llm.transform(rows).collectAsList();
        tell(scenario, "did not fail");
      } catch (Exception e) {
        tell(scenario, e.getMessage());
        tell(
            scenario + "Shown",
            times(e.getMessage(), "Stopped")
                + " times, "
                + times(e.getMessage(), "Lost task")
                + " failed attempts");
      }
    }

    private static int times(String message, String part) {
      return message.split(part, -1).length - 1;
    }

    private void fillingTheColumn(Llm llm) {
      Row counts = llm.transform(rows()).selectExpr("count(error)", "count(response)").head();
      tell("column", counts.getLong(0) + " errors, " + counts.getLong(1) + " answers");
    }

    private void cancelling(Llm llm, String url) throws InterruptedException {
      CompletableFuture<?> job = CompletableFuture.runAsync(llm.transform(rows())::collectAsList);
      // Eight answers, and behind them four calls of each executor that wait for ever.
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> stat(url, "requests") >= 16 && stat(url, "inFlight") >= 8);
      spark.sparkContext().cancelAllJobs();
      try {
        job.get();
        tell("cancelled", "did not fail");
      } catch (ExecutionException e) {
        tell("cancelled", String.valueOf(e.getCause().getMessage()));
      }
    }

    private void killing(String url) throws Exception {
      LinkedBlockingQueue<Long> tasks = new LinkedBlockingQueue<>();
      spark
          .sparkContext()
          .addSparkListener(
              new SparkListener() {
                @Override
                public void onTaskStart(SparkListenerTaskStart start) {
                  tasks.add(start.taskInfo().taskId());
                }
              });
      Dataset<Row> one = spark.range(0, 8, 1, 1).selectExpr("id", "'row ' || id text");
      Dataset<Row> output =
          Scripted.echo(url).transform(one).filter("response = 'sha256:' || sha2(text, 256)");
      CompletableFuture<Integer> job =
          CompletableFuture.supplyAsync(() -> output.collectAsList().size());
      long task = tasks.poll(60, TimeUnit.SECONDS);
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> stat(url, "inFlight") >= 4);
      spark.sparkContext().killTaskAttempt(task, false, "a test");
      Long next = tasks.poll(30, TimeUnit.SECONDS);
      tell(
          "killed",
          job.get(60, TimeUnit.SECONDS) + " answers" + (next == null ? ", no retry" : ""));
    }

    /** Asked over HTTP: the endpoint is in the tests' JVM. */
    private static int stat(String url, String name) throws IOException {
      URI stats = URI.create(url.substring(0, url.length() - "/v1".length()) + "/stats");
      try (InputStream in = stats.toURL().openStream()) {
        String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*(\\d+)").matcher(json);
        return found.find() ? Integer.parseInt(found.group(1)) : -1;
      }
    }

    private void counting(Llm llm) {
      RunMonitor monitor = new RunMonitor();
      long right =
          llm.transform(rows(), monitor)
              .filter("response = 'sha256:' || sha2(text, 256)")
              .collectAsList()
              .size();
      tell("answers", right + " answers");
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> monitor.counts().rows() >= ROWS);
      CallCounts counts = monitor.counts();
      tell(
          "counts",
          counts.rows() + " rows, " + counts.errors() + " errors, " + counts.calls() + " calls");
    }
  }
}

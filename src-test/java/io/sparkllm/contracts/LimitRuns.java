package io.sparkllm.contracts;

import io.sparkllm.Llm;
import io.sparkllm.config.Options.OnFatal;
import io.sparkllm.testing.ForkedSpark;
import io.sparkllm.testing.ForkedSpark.Finished;
import io.sparkllm.testing.Submission;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;

/**
 * The application of the rate-limit tests, on three executors. Each argument {@code name=url} is a
 * scenario and its endpoint; they run in turn, and each tells on standard output {@code name: …}
 * how it ended.
 *
 * <p>All tables have partitions of unequal length. An even share of the limit for each executor
 * would hold the limit too, and waste what the executors with little to do leave over.
 */
public final class LimitRuns {
  static final int PER_MINUTE = 6_000;
  static final double PER_SECOND = PER_MINUTE / 60.0;
  static final int TOKENS_PER_MINUTE = 600_000;
  static final int USED_TOKENS_PER_MINUTE = 360_000;
  static final int MAX_TOKENS = 100;

  /** Three executors' partitions at once, and more than one wave. */
  private static final int[] UNEQUAL = {50, 20, 15, 10, 5};

  private static final int EXECUTORS = 3;

  private final SparkSession spark;

  private LimitRuns(SparkSession spark) {
    this.spark = spark;
  }

  /** To be run against these endpoints, in this order. */
  static Submission of(String... namesAndUrls) {
    return ForkedSpark.main(LimitRuns.class)
        .master(ForkedSpark.LARGER_CLUSTER)
        .arguments((Object[]) namesAndUrls)
        .timeLimit(Duration.ofMinutes(5));
  }

  /** What a scenario told. */
  static String told(Finished finished, String scenario) {
    List<String> lines = finished.lines(scenario + ": ");
    if (lines.size() != 1) {
      throw new AssertionError("No " + scenario + " in " + finished.out());
    }
    return lines.get(0);
  }

  public static void main(String[] args) throws Exception {
    LimitRuns runs = new LimitRuns(SparkSession.builder().getOrCreate());
    runs.warmUp();
    for (String arg : args) {
      String[] scenario = arg.split("=", 2);
      runs.run(scenario[0], scenario[1]);
    }
    runs.spark.stop();
  }

  /**
   * Measured are runs of seconds that stand for runs of hours: executors that still start, or load
   * their classes, would count for more here than there.
   */
  private void warmUp() {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> spark.sparkContext().statusTracker().getExecutorInfos().length == EXECUTORS + 1);
    tell("warm", answers(Scripted.echo("local").transform(rows(200, 200, 200))));
  }

  private void run(String name, String url) throws Exception {
    Llm llm = Scripted.echo(url);
    switch (name) {
      case "requests" ->
          tell(name, answers(llm.requestsPerMinute(PER_MINUTE).transform(unequal(2_000))));
      case "maxTokens" ->
          tell(
              name,
              answers(
                  llm.maxTokens(MAX_TOKENS)
                      .tokensPerMinute(TOKENS_PER_MINUTE)
                      .transform(fewLong(unequal(1_500)))));
      case "usedTokens" ->
          tell(
              name,
              answers(
                  llm.tokensPerMinute(USED_TOKENS_PER_MINUTE).transform(longer(unequal(2_000)))));
      case "headers", "refusals" -> tell(name, answers(llm.transform(unequal(2_500))));
      case "lostExecutor" ->
          tell(name, answers(llm.requestsPerMinute(PER_MINUTE).transform(rows(800, 700, 500))));
      case "oneKey" -> together(name, llm.apiKey("k1-together"), llm.apiKey("k1-together"));
      case "twoKeys" -> together(name, llm.apiKey("k1-of-its-own"), llm.apiKey("k2-of-its-own"));
      case "quota" -> failing(name, llm.transform(many()));
      case "quotaOfOne" -> failing(name, llm.transform(poorInTheFirstPartition(many())));
      case "quotaInColumn" ->
          tell(
              name, filled(llm.onFatal(OnFatal.COLUMN).transform(poorInTheFirstPartition(many()))));
      default -> throw new IllegalArgumentException(name);
    }
  }

  private Dataset<Row> unequal(int rows) {
    return rows(IntStream.of(UNEQUAL).map(percent -> rows * percent / 100).toArray());
  }

  /** More than three executors answer in ten seconds without a limit. */
  private Dataset<Row> many() {
    return rows(12_000, 9_000, 7_000, 1_500, 500);
  }

  /**
   * A partition of each size. Not a union of ranges, which Spark 4.3 makes one partition of where
   * each range has one.
   */
  private Dataset<Row> rows(int... sizes) {
    long[] ends = IntStream.rangeClosed(1, sizes.length).mapToLong(n -> sum(sizes, n)).toArray();
    String starts = list(IntStream.range(0, sizes.length).mapToLong(n -> sum(sizes, n)));
    return spark
        .range(0, sizes.length, 1, sizes.length)
        .selectExpr(
            "explode(sequence(%s[int(id)], %s[int(id)] - 1)) AS id"
                .formatted(starts, list(LongStream.of(ends))))
        .selectExpr("id", "'row ' || id AS text");
  }

  private static long sum(int[] sizes, int first) {
    return IntStream.of(sizes).limit(first).asLongStream().sum();
  }

  private static String list(LongStream numbers) {
    return numbers.mapToObj(n -> n + "L").collect(Collectors.joining(", ", "array(", ")"));
  }

  /** Prompts of 2 to 82 tokens. */
  private static Dataset<Row> longer(Dataset<Row> rows) {
    return rows.selectExpr("id", "text || repeat(' and', int(id % 81)) AS text");
  }

  /**
   * Every twentieth prompt is longer than the limit of the answer, and is charged by its length.
   * Few, since the client has to count their answers too, which this service does not.
   */
  private static Dataset<Row> fewLong(Dataset<Row> rows) {
    return rows.selectExpr("id", "text || repeat(' and', if(id % 20 = 0, 200, 10)) AS text");
  }

  /** So that one executor alone can meet a fault. */
  private static Dataset<Row> poorInTheFirstPartition(Dataset<Row> rows) {
    return rows.selectExpr("id", "if(id < 12000, 'poor ', '') || text AS text");
  }

  /** How many rows came out, each with its own answer. */
  private static String answers(Dataset<Row> output) {
    List<Row> rows =
        output
            .selectExpr(
                "id", "error IS NULL AND response <=> concat('sha256:', sha2(text, 256)) AS right")
            .collectAsList();
    long right = rows.stream().filter(row -> row.getBoolean(1)).count();
    long distinct = rows.stream().mapToLong(row -> row.getLong(0)).distinct().count();
    return "%d rows, %d of them different, %d right".formatted(rows.size(), distinct, right);
  }

  private static String filled(Dataset<Row> output) {
    List<Row> rows =
        output.selectExpr("response IS NULL", "error IS NULL", "error.type").collectAsList();
    long one = rows.stream().filter(row -> row.getBoolean(0) != row.getBoolean(1)).count();
    long asked = rows.stream().filter(row -> !"not_attempted".equals(row.getString(2))).count();
    return "%d rows, %d with answer or error, %s asked"
        .formatted(rows.size(), one, asked < rows.size() / 2 ? "few" : "most");
  }

  private void together(String name, Llm one, Llm other) throws Exception {
    CompletableFuture<Void> first = inBackground(name + "First", one, rows(1_000));
    CompletableFuture<Void> second = inBackground(name + "Second", other, rows(600, 400));
    CompletableFuture.allOf(first, second).get(3, TimeUnit.MINUTES);
  }

  private static CompletableFuture<Void> inBackground(String name, Llm llm, Dataset<Row> rows) {
    return CompletableFuture.runAsync(
        () -> {
          long start = System.nanoTime();
          // No prompt of the other job, or the endpoint would take it for asked twice.
          Dataset<Row> own = rows.selectExpr("id", "'%s, ' || text AS text".formatted(name));
          tell(name, answers(llm.requestsPerMinute(PER_MINUTE).transform(own)));
          tell(name + "Seconds", seconds(start));
        });
  }

  private void failing(String name, Dataset<Row> output) throws InterruptedException {
    Retries retries = new Retries();
    spark.sparkContext().addSparkListener(retries);
    String message = "did not fail";
    long start = System.nanoTime();
    try {
      output.collectAsList();
    } catch (Exception e) {
      message = String.valueOf(e.getMessage());
    }
    String seconds = seconds(start);
    retries.await();
    spark.sparkContext().removeSparkListener(retries);
    tell(name, message.lines().findFirst().orElse(""));
    tell(name + "Told", (message.split("Stopped calling", -1).length - 1) + " times");
    tell(name + "Retries", retries.started.get() + " tasks");
    tell(name + "Seconds", seconds);
  }

  private static String seconds(long startNanos) {
    return String.format(Locale.ROOT, "%.3f", (System.nanoTime() - startNanos) / 1e9);
  }

  private static void tell(String scenario, String what) {
    System.out.println(scenario + ": " + what);
  }

  /** Counts the tasks that Spark started again. */
  private static final class Retries extends SparkListener {
    private final AtomicInteger started = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      if (start.taskInfo().attemptNumber() > 0) {
        started.incrementAndGet();
      }
    }

    @Override
    public void onJobEnd(SparkListenerJobEnd end) {
      ended.countDown();
    }

    /** Events come late but in order: behind the job's end no task of it starts. */
    void await() throws InterruptedException {
      if (!ended.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("No end of the job was told");
      }
    }
  }
}

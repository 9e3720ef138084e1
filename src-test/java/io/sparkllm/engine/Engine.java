package io.sparkllm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sparkllm.CallCounts;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Options;
import io.sparkllm.coordination.DriverLink;
import io.sparkllm.coordination.InProcess;
import io.sparkllm.http.HttpTransport;
import io.sparkllm.http.RetryPolicy;
import io.sparkllm.http.Timer;
import io.sparkllm.http.Transport;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.EndpointStats;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.openai.ApiCodec;
import io.sparkllm.openai.ReplyReader;
import io.sparkllm.openai.RequestCodec;
import io.sparkllm.prompt.RowMessages;
import io.sparkllm.throttle.RateLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The executor's part without Spark: a dispatcher over a real client and a scripted endpoint. */
final class Engine implements AutoCloseable {
  static final StructType SCHEMA =
      new StructType().add("id", DataTypes.IntegerType).add("text", DataTypes.StringType);

  /** The key of all calls. */
  static final String KEY = "sk-engine-4711";

  /** Jitter that makes back-offs short: the first wait is 10 ms. */
  private static final double JITTER = 0.02;

  /** A task that tests can kill. */
  static final class Scope implements TaskScope {
    volatile boolean interrupted;
    private final int stageId;

    Scope(int stageId) {
      this.stageId = stageId;
    }

    @Override
    public int stageId() {
      return stageId;
    }

    @Override
    public boolean isInterrupted() {
      return interrupted;
    }

    /** Nobody cancels a stage here. */
    @Override
    public boolean isKilledWithin(Duration time) {
      return interrupted;
    }

    @Override
    public void onCompletion(Runnable action) {
      throw new IllegalStateException("The iterator leaves this to its maker");
    }
  }

  /** Options and scope of one task; the rest comes from the engine. */
  final class Task {
    private final Map<String, String> texts =
        new HashMap<>(
            Map.of(
                "endpoint", url,
                "apiKey", KEY,
                "model", "echo",
                "prompt", "{text}",
                "concurrency", "16",
                "requestTimeout", "20s",
                "metadataCol", "metadata"));
    private double jitter = JITTER;
    private CircuitBreaker breaker;
    final Scope scope;

    Task(int stageId) {
      this.scope = new Scope(stageId);
    }

    Task with(String option, String value) {
      texts.put(option, value);
      return this;
    }

    Task without(String option) {
      texts.remove(option);
      return this;
    }

    Task jitter(double random) {
      jitter = random;
      return this;
    }

    CallIterator over(Iterator<Row> rows) {
      LlmOptions options = LlmOptions.of(texts).validate();
      Endpoint endpoint = Endpoint.resolve(options, Map.of());
      ApiCodec api = ApiCodec.of(options, endpoint.isOpenAi());
      RequestCodec codec = RequestCodec.of(options, api);
      Stage stage =
          dispatcher.join(
              new Dispatcher.Member(
                  "test",
                  scope.stageId(),
                  options.get(Options.CONCURRENCY),
                  RateLimits.of(options),
                  api.maxTokens(),
                  options.get(Options.MODE) + " " + codec.path(),
                  1,
                  null,
                  null));
      breaker = stage.breaker();
      CallPlan plan =
          new CallPlan(
              endpoint,
              options.model(),
              endpoint.url(codec.path()),
              endpoint.url(api.path()),
              endpoint.revealHeaders(),
              codec,
              new ReplyReader(api, endpoint::redact),
              new RetryPolicy(
                  options.get(Options.MAX_ATTEMPTS),
                  () -> {
                    if (Double.isNaN(jitter)) {
                      throw new IllegalStateException("no random numbers");
                    }
                    return jitter;
                  }),
              options.get(Options.REQUEST_TIMEOUT),
              options.get(Options.ROW_TIMEOUT),
              stage,
              options.get(Options.ON_FATAL) == Options.OnFatal.FAIL,
              options.batchSize(),
              codec.mostTokens(),
              options.get(Options.ARRAY_FALLBACK) == Options.ArrayFallback.REALTIME,
              api.typed(),
              options.get(Options.SCHEMA_RETRIES),
              false);
      CallIterator iterator =
          new CallIterator(
              rows,
              new CallIterator.Settings(
                  options.get(Options.CONCURRENCY),
                  SCHEMA.length(),
                  options.get(Options.ORDERED),
                  options.get(Options.MAX_ERROR_RATIO)),
              scope,
              dispatcher,
              new Batcher(plan, dispatcher),
              stage.breaker(),
              () -> windowBytes,
              new RowCalls(SCHEMA, new RowMessages(options, SCHEMA, false, ZoneOffset.UTC), codec),
              new OutputColumns(options),
              more -> counts.accumulateAndGet(more, CallCounts::plus));
      opened.add(iterator);
      return iterator;
    }

    /** The breaker of the task's stage; from {@link #over} on. */
    CircuitBreaker breaker() {
      return breaker;
    }

    /** All rows of the output. */
    List<Row> run(Stream<Row> rows) {
      List<Row> out = new ArrayList<>();
      over(rows.iterator()).forEachRemaining(out::add);
      return out;
    }
  }

  private final LocalEndpoint server;
  private final boolean ownsServer;
  private final Timer timer = new Timer("test-timer");
  private final DriverLink link;
  private final Transport transport;
  private final List<CallIterator> opened = new ArrayList<>();
  private final String url;
  final InProcess driver;
  final Dispatcher dispatcher;
  final AtomicReference<CallCounts> counts = new AtomicReference<>(CallCounts.ZERO);
  long windowBytes = ExecutorRegistry.WINDOW_BYTES;
  private int stages;

  private Engine(String script, UnaryOperator<Transport> between) throws IOException {
    this(
        LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.parse(script)),
        true,
        new InProcess(),
        between);
  }

  private Engine(
      LocalEndpoint server,
      boolean ownsServer,
      InProcess driver,
      UnaryOperator<Transport> between) {
    this.server = server;
    this.ownsServer = ownsServer;
    this.driver = driver;
    url = server.url();
    link = driver.link();
    transport = between.apply(new HttpTransport(timer));
    dispatcher = new Dispatcher("test", transport, timer, link);
    link.add(dispatcher);
  }

  /** An engine whose endpoint behaves as scripted; single quotes stand for double ones. */
  static Engine scripted(String script) throws IOException {
    return new Engine(script.replace('\'', '"'), UnaryOperator.identity());
  }

  static Engine scripted(String script, UnaryOperator<Transport> between) throws IOException {
    return new Engine(script.replace('\'', '"'), between);
  }

  /** Another executor of the same application; to be closed before this one. */
  Engine anotherExecutor() {
    Engine other = new Engine(server, false, driver, UnaryOperator.identity());
    other.stages = stages;
    return other;
  }

  /** A task of a stage of its own. */
  Task task() {
    return new Task(stages++);
  }

  /** Another task of the newest stage. */
  Task sameStage() {
    return new Task(stages - 1);
  }

  EndpointStats stats() {
    return server.stats();
  }

  /** Stops the server, so that nobody listens on its port. */
  void stopServer() {
    server.close();
  }

  /** Rows 0 to n-1. */
  static Stream<Row> rows(int n) {
    return IntStream.range(0, n).mapToObj(i -> RowFactory.create(i, "text " + i));
  }

  /** What the model {@code echo} answers. */
  static String echo(String prompt) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return "sha256:"
          + HexFormat.of().formatHex(sha.digest(prompt.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<Integer> ids(List<Row> out) {
    return out.stream().map(r -> r.getInt(0)).toList();
  }

  static String response(Row out) {
    return out.getString(2);
  }

  static Row error(Row out) {
    return out.getStruct(3);
  }

  static String errorType(Row out) {
    return error(out) == null ? null : error(out).getString(0);
  }

  /** Contracts 1 and 2: the answer on its own row, and response xor error. */
  static void assertAligned(List<Row> out) {
    assertThat(out)
        .allSatisfy(
            r -> {
              assertThat(response(r) == null).isNotEqualTo(error(r) == null);
              if (response(r) != null) {
                assertThat(response(r)).isEqualTo(echo(r.getString(1)));
              }
            });
  }

  /** The leak check: nothing is asked any more, by anybody. */
  @Override
  public void close() {
    opened.forEach(CallIterator::close);
    try {
      await()
          .pollInterval(Duration.ofMillis(5))
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> {
                assertThat(dispatcher.inFlight()).as("calls in flight").isZero();
                assertThat(dispatcher.queued()).as("calls queued").isZero();
                if (ownsServer) {
                  assertThat(server.stats().inFlight()).as("requests the service holds").isZero();
                }
              });
    } finally {
      link.close();
      transport.close();
      timer.close();
      if (ownsServer) {
        server.close();
      }
    }
  }
}

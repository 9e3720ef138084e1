package io.sparkllm.engine;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.OnFatal;
import io.sparkllm.http.RetryPolicy;
import io.sparkllm.openai.ApiCodec;
import io.sparkllm.openai.ReplyReader;
import io.sparkllm.prompt.InvalidInputException;
import io.sparkllm.prompt.RowMessages;
import io.sparkllm.throttle.RateLimits;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The one object that travels to the executors: settings and schema, no live resource. Called once
 * for each partition; calls go out as the returned iterator is pulled.
 */
public final class PartitionCall implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final LlmOptions options;
  private final Endpoint endpoint;
  private final StructType schema;
  private final boolean caseSensitive;
  private final String timeZone;
  private final int executors;
  private final String run;

  /** Tells this transformation from others that share a dispatcher and a stage. */
  private final String id = UUID.randomUUID().toString();

  /**
   * Checks everything that can be checked before the first call.
   *
   * @param options the options
   * @param endpoint the resolved endpoint
   * @param schema the input's schema
   * @param caseSensitive the session's {@code spark.sql.caseSensitive}
   * @param timeZone the session's time zone
   * @param executors among how many executors limits are shared where the driver cannot be asked
   * @param run the id under which progress is reported; null for no reports
   * @throws IllegalArgumentException naming option or column, value and cure
   */
  public PartitionCall(
      LlmOptions options,
      Endpoint endpoint,
      StructType schema,
      boolean caseSensitive,
      String timeZone,
      int executors,
      String run) {
    this.options = options.validate();
    this.endpoint = endpoint;
    this.schema = schema;
    this.caseSensitive = caseSensitive;
    this.timeZone = timeZone;
    this.executors = executors;
    this.run = run;
    messages();
    codec();
  }

  /**
   * A row's request, without sending it.
   *
   * @param row a row of the input
   * @return request line, headers with hidden values, and the exact body; or why it cannot be asked
   */
  public String preview(Row row) {
    StringBuilder text = new StringBuilder("POST " + endpoint.url(codec().path()) + "\n");
    endpoint.headerNames().forEach(name -> text.append(name).append(": <hidden>\n"));
    try {
      byte[] body = codec().encode(messages().of(row));
      return text.append(new String(body, StandardCharsets.UTF_8)).toString();
    } catch (InvalidInputException e) {
      return text.append("not asked: ").append(e.getMessage()).toString();
    }
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    TaskScope scope = TaskScope.current();
    ApiCodec codec = codec();
    Dispatcher.Member member =
        new Dispatcher.Member(
            id,
            scope.stageId(),
            options.get(Options.CONCURRENCY),
            RateLimits.of(options),
            codec.maxTokens(),
            executors,
            run);
    ExecutorRegistry registry = ExecutorRegistry.instance();
    Dispatcher dispatcher = registry.acquire(endpoint.budgetId());
    Stage stage = dispatcher.join(member);
    CallIterator iterator;
    try {
      iterator =
          new CallIterator(
              rows,
              settings(),
              scope,
              dispatcher,
              stage.breaker(),
              registry::windowShare,
              requests(codec, stage),
              new OutputColumns(options),
              run == null ? counts -> {} : counts -> registry.count(run, counts));
    } catch (RuntimeException e) {
      registry.release(dispatcher, member);
      throw e;
    }
    scope.onCompletion(
        () -> {
          iterator.close();
          registry.release(dispatcher, member);
        });
    return iterator;
  }

  private CallIterator.Settings settings() {
    return new CallIterator.Settings(
        options.get(Options.CONCURRENCY),
        options.get(Options.ORDERED),
        options.get(Options.MAX_ERROR_RATIO));
  }

  private RequestFactory requests(ApiCodec codec, Stage stage) {
    CallPlan plan =
        new CallPlan(
            endpoint,
            options.model(),
            endpoint.url(codec.path()),
            endpoint.revealHeaders(),
            new ReplyReader(codec, endpoint::redact),
            new RetryPolicy(
                options.get(Options.MAX_ATTEMPTS), () -> ThreadLocalRandom.current().nextDouble()),
            options.get(Options.REQUEST_TIMEOUT),
            options.get(Options.ROW_TIMEOUT),
            stage,
            options.get(Options.ON_FATAL) == OnFatal.FAIL);
    return new RequestFactory(schema, messages(), codec, plan);
  }

  private RowMessages messages() {
    return new RowMessages(options, schema, caseSensitive, zone(timeZone));
  }

  /** Spark also takes short names, such as PST, and offsets such as +1:00. */
  private static ZoneId zone(String name) {
    String padded = name.replaceFirst("([+-])(\\d):", "$10$2:");
    try {
      return ZoneId.of(padded, ZoneId.SHORT_IDS);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "The setting spark.sql.session.timeZone is '" + name + "', which Java does not know", e);
    }
  }

  private ApiCodec codec() {
    return ApiCodec.of(options, endpoint.isOpenAi());
  }
}

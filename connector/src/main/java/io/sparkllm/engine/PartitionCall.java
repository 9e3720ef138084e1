package io.sparkllm.engine;

import io.sparkllm.CallCounts;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.ArrayFallback;
import io.sparkllm.config.Options.FlexFallback;
import io.sparkllm.config.Options.Mode;
import io.sparkllm.config.Options.OnFatal;
import io.sparkllm.coordination.Cap;
import io.sparkllm.http.RetryPolicy;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.openai.ApiCodec;
import io.sparkllm.openai.ReplyReader;
import io.sparkllm.openai.RequestCodec;
import io.sparkllm.throttle.RateLimits;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * The one object that travels to the executors: settings and schema, no live resource. Called once
 * for each partition; calls go out as the returned iterator is pulled.
 */
public final class PartitionCall implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  /** Requests a minute at least that a limit of tokens is spread over. */
  private static final int PACED_REQUESTS = 10;

  private final RowRequests requests;
  private final Ledger ledger;
  private final Cap cap;
  private final int executors;
  private final String run;

  /** Tells this transformation from others that share a dispatcher and a stage. */
  private final String id = UUID.randomUUID().toString();

  /**
   * Takes what all partitions share.
   *
   * @param requests how rows become requests
   * @param ledger keeps the answers; null for none
   * @param cap what may be spent; null for any amount
   * @param executors among how many executors limits are shared where the driver cannot be asked
   * @param run the id under which progress is reported; null for no reports
   */
  public PartitionCall(RowRequests requests, Ledger ledger, Cap cap, int executors, String run) {
    this.requests = requests;
    this.ledger = ledger;
    this.cap = cap;
    this.executors = executors;
    this.run = run;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    LlmOptions options = requests.options();
    TaskScope scope = TaskScope.current();
    ApiCodec api = requests.codec();
    RequestCodec codec = RequestCodec.of(options, api);
    Dispatcher.Member member =
        new Dispatcher.Member(
            id,
            scope.stageId(),
            options.get(Options.CONCURRENCY),
            RateLimits.of(options),
            api.maxTokens(),
            options.get(Options.MODE) + " " + codec.path(),
            executors,
            run,
            cap);
    ExecutorRegistry registry = ExecutorRegistry.instance();
    Dispatcher dispatcher = registry.acquire(requests.endpoint().budgetId());
    Stage stage = dispatcher.join(member);
    CallIterator iterator;
    try {
      iterator =
          new CallIterator(
              rows,
              settings(),
              scope,
              dispatcher,
              new Batcher(plan(api, codec, stage), dispatcher),
              stage.breaker(),
              registry::windowShare,
              calls(codec),
              new OutputColumns(options, requests.times()),
              counter(registry));
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

  private Consumer<CallCounts> counter(ExecutorRegistry registry) {
    return run == null ? counts -> {} : counts -> registry.count(run, counts);
  }

  private CallIterator.Settings settings() {
    LlmOptions options = requests.options();
    return new CallIterator.Settings(
        options.get(Options.CONCURRENCY),
        requests.schema().length(),
        // Equal requests came together in a shuffle, which left no order to keep.
        options.get(Options.ORDERED) && !options.sharesAnswers(),
        options.get(Options.MAX_ERROR_RATIO));
  }

  private CallSource calls(RequestCodec codec) {
    RowCalls calls = new RowCalls(requests.schema(), requests.messages(), codec);
    if (requests.options().get(Options.MODE) == Mode.BATCH) {
      return new CollectedCalls(calls, requests.schema().length(), ledger);
    }
    return requests.options().sharesAnswers()
        ? new SharedCalls(calls, requests.schema().length(), answers())
        : calls;
  }

  private KeptAnswers answers() {
    return ledger == null
        ? KeptAnswers.NONE
        : new LedgerAnswers(ledger, requests.options().retryErrors());
  }

  private CallPlan plan(ApiCodec api, RequestCodec codec, Stage stage) {
    LlmOptions options = requests.options();
    Endpoint endpoint = requests.endpoint();
    return new CallPlan(
        endpoint,
        options.model(),
        endpoint.url(codec.path()),
        endpoint.url(api.path()),
        endpoint.revealHeaders(),
        codec,
        new ReplyReader(api, endpoint::redact),
        new RetryPolicy(
            options.get(Options.MAX_ATTEMPTS), () -> ThreadLocalRandom.current().nextDouble()),
        options.get(Options.REQUEST_TIMEOUT),
        options.get(Options.ROW_TIMEOUT),
        stage,
        options.get(Options.ON_FATAL) == OnFatal.FAIL,
        options.batchSize(),
        mostTokens(codec, options.get(Options.TOKENS_PER_MINUTE)),
        options.get(Options.ARRAY_FALLBACK) == ArrayFallback.REALTIME,
        api.typed(),
        options.get(Options.SCHEMA_RETRIES),
        options.get(Options.FLEX_FALLBACK) == FlexFallback.DEFAULT);
  }

  /** A request that used up the tokens of a whole minute would go out in bursts. */
  private static long mostTokens(RequestCodec codec, Long tokensPerMinute) {
    long paced = tokensPerMinute == null ? Long.MAX_VALUE : tokensPerMinute / PACED_REQUESTS;
    return Math.max(1, Math.min(codec.mostTokens(), paced));
  }
}

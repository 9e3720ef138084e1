package io.sparkllm.engine;

import io.sparkllm.CallCounts;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Mode;
import io.sparkllm.config.Options.OnFatal;
import io.sparkllm.http.RetryPolicy;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.openai.ApiCodec;
import io.sparkllm.openai.ReplyReader;
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

  private final RowRequests requests;
  private final Ledger ledger;
  private final int executors;
  private final String run;

  /** Tells this transformation from others that share a dispatcher and a stage. */
  private final String id = UUID.randomUUID().toString();

  /**
   * Takes what all partitions share.
   *
   * @param requests how rows become requests
   * @param ledger keeps the answers; null for none
   * @param executors among how many executors limits are shared where the driver cannot be asked
   * @param run the id under which progress is reported; null for no reports
   */
  public PartitionCall(RowRequests requests, Ledger ledger, int executors, String run) {
    this.requests = requests;
    this.ledger = ledger;
    this.executors = executors;
    this.run = run;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    LlmOptions options = requests.options();
    TaskScope scope = TaskScope.current();
    ApiCodec codec = requests.codec();
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
              stage.breaker(),
              registry::windowShare,
              calls(codec, stage),
              new OutputColumns(options),
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

  private CallSource calls(ApiCodec codec, Stage stage) {
    RowCalls calls =
        new RowCalls(requests.schema(), requests.messages(), codec, plan(codec, stage));
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

  private CallPlan plan(ApiCodec codec, Stage stage) {
    LlmOptions options = requests.options();
    Endpoint endpoint = requests.endpoint();
    return new CallPlan(
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
  }
}

package io.sparkllm.engine;

import io.sparkllm.config.Options.OnFatal;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.Usage;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.spark.sql.Row;

/**
 * The rows of a partition with their answers, made as they are pulled. Rows run ahead of the
 * consumer within a window bounded in rows and bytes; how far ahead starts small and doubles as rows
 * are consumed, so that {@code show(5)} costs a handful of calls. One task's thread uses it.
 */
final class CallIterator implements Iterator<Row> {
  /** Rows asked ahead at first. */
  static final int FIRST_AHEAD = 4;

  /** Window in rows, as a multiple of the concurrency: one slow call must not stall the rest. */
  private static final int WINDOW_FACTOR = 32;

  /** How often a wait looks whether the task was killed. */
  private static final long POLL_MILLIS = 100;

  /**
   * How this task behaves.
   *
   * @param concurrency calls in flight of the executor
   * @param ordered rows keep their order
   * @param onFatal what a fatal cause does
   * @param maxErrorRatio failed rows tolerated
   */
  record Settings(int concurrency, boolean ordered, OnFatal onFatal, double maxErrorRatio) {}

  private final Iterator<Row> input;
  private final Settings settings;
  private final TaskScope scope;
  private final Dispatcher dispatcher;
  private final CircuitBreaker breaker;
  private final LongSupplier windowShare;
  private final BiFunction<Row, Consumer<Call>, Call> toCall;
  private final OutputColumns columns;
  private final CallMetrics metrics;

  /** Finished calls, told by the client's threads. */
  private final LinkedBlockingQueue<Call> finished = new LinkedBlockingQueue<>();

  /** Rows taken from the input and not yet given out: in input order, or as they finished. */
  private final ArrayDeque<Call> window = new ArrayDeque<>();

  private int taken;
  private int outstanding;
  private long windowBytes;
  private int ahead = FIRST_AHEAD;
  private int consumedSinceGrowth;
  private long rows;
  private long errors;
  private boolean closed;

  CallIterator(
      Iterator<Row> input,
      Settings settings,
      TaskScope scope,
      Dispatcher dispatcher,
      LongSupplier windowShare,
      BiFunction<Row, Consumer<Call>, Call> toCall,
      OutputColumns columns,
      CallMetrics metrics) {
    this.input = input;
    this.settings = settings;
    this.scope = scope;
    this.dispatcher = dispatcher;
    this.breaker = dispatcher.breaker(scope.stageId());
    this.windowShare = windowShare;
    this.toCall = toCall;
    this.columns = columns;
    this.metrics = metrics;
  }

  @Override
  public boolean hasNext() {
    if (taken > 0 || !closed && input.hasNext()) {
      return true;
    }
    checkErrorRatio();
    return false;
  }

  @Override
  public Row next() {
    while (true) {
      failIfStopped();
      fill();
      Call ready = ready();
      if (ready != null) {
        return emit(ready);
      }
      if (taken == 0) {
        throw new NoSuchElementException();
      }
      await();
    }
  }

  /** Ends the task's part: what is queued is forgotten, what is in flight is aborted. */
  void close() {
    closed = true;
    dispatcher.cancel(open);
  }
}

package io.sparkllm.engine;

import io.sparkllm.CallCounts;
import io.sparkllm.LlmException;
import io.sparkllm.coordination.FatalCause;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.spark.sql.Row;

/**
 * The rows of a partition with their answers, made as they are pulled. Rows run ahead of the
 * consumer within a window bounded in rows and bytes; how far ahead starts small and doubles as
 * rows are consumed, so that {@code show(5)} costs a handful of calls, or one where calls carry
 * many rows. For one thread, but for {@link #close}.
 */
final class CallIterator implements Iterator<Row> {
  /** Rows asked ahead at first. */
  static final int FIRST_AHEAD = 4;

  /** Rows to be consumed before it looks further ahead than this: {@code show(5)} takes 6. */
  private static final int CAUTIOUS_AHEAD = 2 * FIRST_AHEAD;

  /** {@code show()} takes 21 rows, and should not pay for hundreds. */
  private static final int SHOWN_ROWS = 24;

  /** Rows asked ahead at most until so many were consumed. */
  private static final int SHOWN_AHEAD = 32;

  /**
   * So many finished rows double the rows asked ahead. Fewer than are looked ahead, or one slow row
   * would end the growth; and the whole window is open after some fifty rows, before slow rows add
   * up.
   */
  private static final int GROWTH = 6;

  /** Window in rows, as a multiple of the concurrency: one slow call must not stall the rest. */
  private static final int WINDOW_FACTOR = 32;

  /** Window in requests, at least. */
  private static final int WINDOW_REQUESTS = 4;

  /** Rows waiting or in flight, as a multiple of the concurrency: enough to never run dry. */
  private static final int OPEN_FACTOR = 2;

  /** How long finished calls may wait for others, to be given out together. */
  private static final long GATHER_NANOS = 5_000_000L;

  /** A row at the head is not slow before this. */
  private static final long LEAST_PATIENCE_NANOS = 500_000_000L;

  /** How long a stopped task waits for its stage to be cancelled. */
  private static final Duration CANCEL = Duration.ofSeconds(10);

  /**
   * How this task behaves.
   *
   * @param concurrency calls in flight of the executor
   * @param inputColumns columns of the input
   * @param ordered rows keep their order
   * @param maxErrorRatio failed rows tolerated
   */
  record Settings(int concurrency, int inputColumns, boolean ordered, double maxErrorRatio) {}

  private final Iterator<Row> input;
  private final Settings settings;
  private final TaskScope scope;
  private final Dispatcher dispatcher;
  private final Batcher batcher;
  private final CircuitBreaker breaker;
  private final LongSupplier windowShare;
  private final CallSource calls;
  private final OutputColumns columns;
  private final Consumer<CallCounts> counter;

  /** Finished calls, told by the client's threads. */
  private final FinishedCalls finished = new FinishedCalls();

  /** Rows that are to be asked and have no outcome yet. */
  private int open;

  /** What will be given out: all taken rows in input order, or the finished ones as they came. */
  private final ArrayDeque<Call> window = new ArrayDeque<>();

  /** Rows taken from the input and not yet given out. */
  private int taken;

  private long windowBytes;
  private int ahead = FIRST_AHEAD;
  private int finishedSinceGrowth;
  private long stuckSince = System.nanoTime();

  /** The longest that a finished call took. */
  private long longestNanos;

  private long rows;
  private long errors;
  private volatile boolean closed;

  CallIterator(
      Iterator<Row> input,
      Settings settings,
      TaskScope scope,
      Dispatcher dispatcher,
      Batcher batcher,
      CircuitBreaker breaker,
      LongSupplier windowShare,
      CallSource calls,
      OutputColumns columns,
      Consumer<CallCounts> counter) {
    this.input = input;
    this.settings = settings;
    this.scope = scope;
    this.dispatcher = dispatcher;
    this.batcher = batcher;
    this.breaker = breaker;
    this.windowShare = windowShare;
    this.calls = calls;
    this.columns = columns;
    this.counter = counter;
  }

  @Override
  public boolean hasNext() {
    if (closed) {
      return false;
    }
    if (taken > 0 || input.hasNext()) {
      return true;
    }
    calls.close();
    failIfStopped();
    checkErrorRatio();
    return false;
  }

  @Override
  public Row next() {
    while (true) {
      failIfStopped();
      fill();
      drain(finished.poll());
      Call ready = window.peek();
      if (ready != null && ready.drained) {
        // Again: a cause that came meanwhile must not pass for the error of its row.
        failIfStopped();
        return emit(window.poll());
      }
      if (taken == 0) {
        throw new NoSuchElementException();
      }
      if (open == batcher.waiting() && !batcher.isHeld()) {
        // Nothing else can happen: there is no room for the rows that would fill the request.
        batcher.flush();
      }
      dispatcher.awaits();
      try {
        await();
      } finally {
        dispatcher.goesOn();
      }
    }
  }

  /**
   * Ends the task's part: what is queued is forgotten, what is in flight is aborted. Also from
   * another thread: where a Python function follows, Spark pulls rows on a thread of its own, which
   * the end of the task does not wait for.
   */
  void close() {
    closed = true;
    batcher.cancel();
    // What was received up to now is kept all the same.
    calls.close();
  }

  private void failIfStopped() {
    if (closed) {
      throw new CancellationException("The task has ended");
    }
    if (scope.isInterrupted()) {
      close();
      throw new CancellationException("The task was killed");
    }
    FatalCause broken = calls.failure();
    if (broken != null && breaker.open(broken)) {
      dispatcher.stopped();
    }
    FatalCause cause = breaker.cause();
    if (cause != null && cause.failsJob()) {
      close();
      throw stopped(cause);
    }
  }

  /**
   * A task that fails is tried again; so it waits for the driver to cancel its stage, with the
   * cause as the one reason that the user sees. Where that does not happen, the task fails with it.
   */
  private RuntimeException stopped(FatalCause cause) {
    if (dispatcher.isCoordinated() && scope.isKilledWithin(CANCEL)) {
      return new CancellationException("The stage was cancelled");
    }
    return new LlmException(cause.message());
  }

  private void fill() {
    while (hasRoom() && !batcher.isHeld()) {
      if (!input.hasNext()) {
        batcher.flush();
        return;
      }
      admit(input.next());
    }
  }

  private boolean hasRoom() {
    int unit = batcher.rows();
    return taken < Math.min(Math.max(ahead, inLargeRequests(unit)), window(unit))
        && open < OPEN_FACTOR * settings.concurrency() * unit
        && (taken == 0 || windowBytes < windowShare.getAsLong());
  }

  /** Rows taken at least where requests have many: of one at first, of several as rows are used. */
  private int inLargeRequests(int unit) {
    if (unit == 1 || rows < CAUTIOUS_AHEAD) {
      return unit;
    }
    return unit * (rows < SHOWN_ROWS ? 2 : WINDOW_REQUESTS);
  }

  /** Rows taken at most where each request has so many. */
  private int window(int unit) {
    int requests = Math.max(WINDOW_REQUESTS, OPEN_FACTOR * settings.concurrency());
    return Math.max(WINDOW_FACTOR * settings.concurrency(), unit == 1 ? 0 : requests * unit);
  }

  private void admit(Row row) {
    Call call = calls.call(row, breaker.cause(), finished::add);
    taken++;
    windowBytes += call.bytes;
    if (settings.ordered()) {
      window.add(call);
    }
    if (call.isFollowing()) {
      // It finishes with the call that it follows.
      return;
    }
    if (call.outcome() == null) {
      open++;
      batcher.add(call);
    } else {
      finish(call);
    }
  }

  private void await() {
    lookPastASlowRow(System.nanoTime());
    // A part of what is open: the rest keeps the service busy meanwhile.
    finished.await(Math.max(1, Math.min(open, settings.concurrency()) / 4), GATHER_NANOS);
    Call first = finished.poll();
    if (first == null) {
      finished.await(1, TimeUnit.MILLISECONDS.toNanos(TaskScope.POLL_MILLIS));
      first = finished.poll();
    }
    if (Thread.interrupted()) {
      // Newer Spark interrupts a killed task's thread.
      close();
      Thread.currentThread().interrupt();
      throw new CancellationException("The task was interrupted");
    }
    drain(first);
  }

  /**
   * One slow row at the head must not hold the cautious beginning for as long as it takes: what it
   * waits longer than the others took widens the window as consumed rows would.
   */
  private void lookPastASlowRow(long now) {
    boolean stuck = taken >= ahead && open <= taken / 2;
    if (!stuck) {
      stuckSince = now;
    } else if (now - stuckSince > Math.max(LEAST_PATIENCE_NANOS, longestNanos)) {
      stuckSince = now;
      ahead = Math.min(ahead * 2, window(batcher.rows()));
    }
  }

  private void drain(Call first) {
    for (Call call = first; call != null; call = finished.poll()) {
      open--;
      finish(call);
    }
  }

  private void finish(Call call) {
    call.drained = true;
    longestNanos = Math.max(longestNanos, call.latencyNanos);
    call.bytes -= call.itemBytes;
    windowBytes -= call.itemBytes;
    if (call.outcome() instanceof Outcome.Answer answer) {
      long more = 2L * answer.text().length();
      call.bytes += more;
      windowBytes += more;
    }
    if (!settings.ordered()) {
      window.add(call);
    }
    grow();
    call.releaseFollowers().forEach(this::finish);
  }

  /** Looks further ahead as rows finish, but cautiously before a few were really consumed. */
  private void grow() {
    finishedSinceGrowth++;
    int unit = batcher.rows();
    int most =
        rows < CAUTIOUS_AHEAD
            ? Math.max(CAUTIOUS_AHEAD, unit)
            : rows < SHOWN_ROWS ? Math.max(SHOWN_AHEAD, 2 * unit) : window(unit);
    if (finishedSinceGrowth >= Math.min(ahead, GROWTH) && ahead < most) {
      finishedSinceGrowth = 0;
      ahead = Math.min(Math.max(ahead, unit) * 2, most);
    }
  }

  private Row emit(Call call) {
    taken--;
    windowBytes -= call.bytes;
    rows++;
    if (call.outcome() instanceof Outcome.Failed) {
      errors++;
    }
    count(call);
    return columns.row(call, settings.inputColumns());
  }

  private void count(Call call) {
    long failed = call.outcome() instanceof Outcome.Failed ? 1 : 0;
    Usage usage = call.outcome().usage();
    counter.accept(
        switch (call.source()) {
          case API ->
              new CallCounts(
                  1,
                  failed,
                  call.requests,
                  call.retries,
                  orZero(usage.promptTokens()),
                  orZero(usage.completionTokens()),
                  call.throttledNanos / 1_000_000,
                  0,
                  0,
                  orZero(usage.cachedTokens()));
          // Tokens of batches are counted as the rows are read: nothing else tells what they cost.
          case BATCH ->
              new CallCounts(
                  1,
                  failed,
                  0,
                  0,
                  orZero(usage.promptTokens()),
                  orZero(usage.completionTokens()),
                  0,
                  1,
                  0,
                  orZero(usage.cachedTokens()));
          case CHECKPOINT -> new CallCounts(1, failed, 0, 0, 0, 0, 0, 1, 0, 0);
          case DUPLICATE -> new CallCounts(1, failed, 0, 0, 0, 0, 0, 0, 1, 0);
        });
  }

  private static long orZero(Long number) {
    return number == null ? 0 : number;
  }

  /** The failure budget of a task; opens the breaker, or retries of the task would pay again. */
  private void checkErrorRatio() {
    if (rows == 0
        || (double) errors / rows <= settings.maxErrorRatio()
        || breaker.cause() != null) {
      return;
    }
    FatalCause cause = FatalCause.tooManyErrors(errors, rows, settings.maxErrorRatio());
    breaker.open(cause);
    dispatcher.stopped();
    throw stopped(cause);
  }
}

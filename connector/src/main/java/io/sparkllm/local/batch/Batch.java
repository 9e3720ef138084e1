package io.sparkllm.local.batch;

import io.sparkllm.local.batch.BatchView.Counts;
import io.sparkllm.local.batch.BatchView.Usage;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One batch as clients see it. Thread-safe; what happens to it is {@link BatchRun}'s affair. */
final class Batch {
  private final String id;
  private final NewBatch asked;
  private final long number;
  private final Map<BatchState, Long> since = new EnumMap<>(BatchState.class);
  private BatchState state = BatchState.VALIDATING;
  private String model;
  private Counts counts = Counts.NONE;
  private Usage usage = Usage.NONE;
  private List<BatchProblem> problems = List.of();
  private String outputFileId;
  private String errorFileId;
  private int looks;

  /**
   * A batch that is to be validated.
   *
   * @param number counted from 1 in order of creation
   * @param now milliseconds since 1970
   */
  Batch(String id, NewBatch asked, long number, long now) {
    this.id = id;
    this.asked = asked;
    this.number = number;
    since.put(BatchState.VALIDATING, now);
  }

  String id() {
    return id;
  }

  NewBatch asked() {
    return asked;
  }

  long number() {
    return number;
  }

  synchronized BatchState state() {
    return state;
  }

  synchronized long since(BatchState past) {
    return since.get(past);
  }

  /** Goes from one state to another; false when it is in a third one meanwhile. */
  synchronized boolean move(BatchState from, BatchState to, long now) {
    if (state != from) {
      return false;
    }
    state = to;
    since.put(to, now);
    return true;
  }

  /** As {@link #move} to cancelling from wherever that is possible. */
  synchronized boolean cancel(long now) {
    if (state.terminal() || state == BatchState.CANCELLING) {
      return false;
    }
    state = BatchState.CANCELLING;
    since.put(state, now);
    return true;
  }

  /** Goes on to run; false when it is cancelled meanwhile. */
  synchronized boolean run(String ofModel, long total, long now) {
    if (!move(BatchState.VALIDATING, BatchState.IN_PROGRESS, now)) {
      return false;
    }
    this.model = ofModel;
    this.counts = new Counts(total, 0, 0);
    return true;
  }

  /** Fails, from whatever state it is in. */
  synchronized void fail(List<BatchProblem> why, long now) {
    this.problems = why;
    this.state = BatchState.FAILED;
    since.put(state, now);
  }

  synchronized void ran(LineOutcome outcome) {
    if (outcome.form() == LineOutcome.Form.OMITTED) {
      return;
    }
    boolean good = outcome.status() == 200;
    counts =
        new Counts(
            counts.total(), counts.completed() + (good ? 1 : 0), counts.failed() + (good ? 0 : 1));
    usage =
        new Usage(
            usage.input() + outcome.promptTokens(), usage.output() + outcome.completionTokens());
  }

  /** Ends with these files; false when it is in a third state meanwhile. */
  synchronized boolean end(BatchState from, BatchState to, long now, String output, String errors) {
    if (!move(from, to, now)) {
      return false;
    }
    this.outputFileId = output;
    this.errorFileId = errors;
    return true;
  }

  /** As {@link #view}, and counts it, once the batch has ended. */
  synchronized BatchView look() {
    if (state.terminal()) {
      looks++;
    }
    return view();
  }

  synchronized BatchView view() {
    Map<BatchState, Long> seconds = new EnumMap<>(since);
    seconds.replaceAll((past, millis) -> millis / 1000);
    return new BatchView(
        id,
        asked,
        model,
        state,
        seconds,
        counts,
        usage,
        problems,
        outputFileId,
        errorFileId,
        looks);
  }
}

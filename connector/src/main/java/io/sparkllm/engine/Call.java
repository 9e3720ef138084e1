package io.sparkllm.engine;

import io.sparkllm.http.Transport;
import io.sparkllm.openai.Outcome;
import io.sparkllm.throttle.TokenEstimate;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;

/**
 * One row on its way. The row and the request never change; the rest is written by the dispatcher
 * under its lock, and read by the task's thread once the call is finished.
 */
final class Call {
  final Row row;
  final CallPlan plan;

  /** What the budget is charged before the answer's length is known. */
  final long tokens;

  /** What the service charges at least, however short the answer. */
  final long leastTokens;

  private final Consumer<Call> onFinished;

  /** Taken away once the row is finished: a window of finished rows should not hold requests. */
  byte[] body;

  Transport.Attempt attempt;
  boolean inFlight;
  boolean cancelled;
  Outcome.Failed lastError;
  long startNanos;
  long latencyNanos;
  long throttledNanos;

  /** Calls made. */
  int calls;

  /** Failures that count against {@code maxAttempts}. */
  int failures;

  /** Rate-limit replies, which do not. */
  int throttles;

  /** Length of the request, which is let go once the row is finished. */
  final int requestBytes;

  /** Heap that the row takes in the window; for the task's thread only, as the next. */
  long bytes;

  /** The task's thread has seen the outcome. */
  boolean drained;

  private Outcome outcome;

  private Call(
      Row row,
      long bytes,
      byte[] body,
      TokenEstimate tokens,
      CallPlan plan,
      Consumer<Call> onFinished) {
    this.row = row;
    this.requestBytes = body == null ? 0 : body.length;
    this.bytes = bytes + requestBytes;
    this.body = body;
    this.tokens = tokens.charge();
    this.leastTokens = tokens.least();
    this.plan = plan;
    this.onFinished = onFinished;
  }

  static Call of(
      Row row,
      long bytes,
      byte[] body,
      TokenEstimate tokens,
      CallPlan plan,
      Consumer<Call> onFinished) {
    return new Call(row, bytes, body, tokens, plan, onFinished);
  }

  /** A row that needs no call. */
  static Call finished(Row row, long bytes, Outcome outcome) {
    Call call = new Call(row, bytes, null, TokenEstimate.NONE, null, c -> {});
    call.outcome = outcome;
    return call;
  }

  /** The result; null until the call is finished. */
  Outcome outcome() {
    return outcome;
  }

  long deadlineNanos() {
    return startNanos + plan.rowTimeout().toNanos();
  }

  void finish(Outcome result) {
    outcome = result;
    body = null;
    attempt = null;
    onFinished.accept(this);
  }
}

package io.sparkllm.engine;

import io.sparkllm.http.Transport;
import io.sparkllm.openai.Outcome;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;

/**
 * One row on its way. The row and the request never change; the rest is written by the dispatcher
 * under its lock, and read by the task's thread once the call is finished.
 */
final class Call {
  final Row row;
  final long rowBytes;
  final CallPlan plan;
  final long tokens;
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

  private Outcome outcome;

  private Call(
      Row row, long rowBytes, byte[] body, long tokens, CallPlan plan, Consumer<Call> onFinished) {
    this.row = row;
    this.rowBytes = rowBytes;
    this.body = body;
    this.tokens = tokens;
    this.plan = plan;
    this.onFinished = onFinished;
  }

  static Call of(
      Row row, long rowBytes, byte[] body, long tokens, CallPlan plan, Consumer<Call> onFinished) {
    return new Call(row, rowBytes, body, tokens, plan, onFinished);
  }

  /** A row that needs no call. */
  static Call finished(Row row, long rowBytes, Outcome outcome) {
    Call call = new Call(row, rowBytes, null, 0, null, c -> {});
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

package io.sparkllm.local.batch;

import io.sparkllm.local.batch.BatchScript.Gone;
import io.sparkllm.local.files.StoredFile;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes one batch through its states. Runs on one worker at a time, in turns of some milliseconds,
 * and sleeps on an alarm in between; whatever changes from outside pokes it.
 */
final class BatchRun {
  private static final long NEVER = Long.MAX_VALUE;
  private static final long AT_ONCE = 0;

  private final Batch batch;
  private final BatchTools tools;
  private final AtomicInteger pokes = new AtomicInteger();
  // From here on touched by the worker whose turn it is alone.
  private Future<?> alarm;
  private LinesRun lines;
  private String reservedModel;
  private long reservedTokens;

  BatchRun(Batch batch, BatchTools tools) {
    this.batch = batch;
    this.tools = tools;
  }

  /** Tokens that were taken already when the batch was made. Call before the first poke. */
  void reserved(String model, long tokens) {
    this.reservedModel = model;
    this.reservedTokens = tokens;
  }

  Batch batch() {
    return batch;
  }

  /** Looks at the batch again soon. Never blocks. */
  void poke() {
    if (pokes.getAndIncrement() == 0) {
      execute();
    }
  }

  /** Frees what it holds. Call when no worker runs any more. */
  void close() {
    if (lines != null) {
      lines.close();
    }
  }

  private void execute() {
    try {
      tools.workers().execute(this::turn);
    } catch (RejectedExecutionException e) {
      // The endpoint closes.
    }
  }

  private void turn() {
    int seen = pokes.get();
    if (alarm != null) {
      alarm.cancel(false);
    }
    long wait = advance();
    if (wait == AT_ONCE) {
      execute();
      return;
    }
    if (wait != NEVER) {
      try {
        alarm = tools.workers().schedule(this::poke, wait, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        return;
      }
    }
    if (pokes.addAndGet(-seen) > 0) {
      execute();
    }
  }

  /** Goes on as far as it can; returns in how many milliseconds to go on. */
  private long advance() {
    BatchScript script = tools.script().get();
    try {
      return switch (batch.state()) {
        case VALIDATING -> validating(script);
        case IN_PROGRESS -> running(script);
        case FINALIZING -> finalizing(script);
        case CANCELLING -> cancelling(script);
        default -> NEVER;
      };
    } catch (IOException | RuntimeException e) {
      return fail(List.of(new BatchProblem("internal_error", String.valueOf(e), null, 0)));
    }
  }

  private long validating(BatchScript script) throws IOException {
    long left = untilExpiry(script);
    if (left <= 0) {
      return end(BatchState.VALIDATING, BatchState.EXPIRED, script);
    }
    if (script.hold().in(BatchState.VALIDATING)) {
      return left;
    }
    long wait = untilOver(BatchState.VALIDATING, script.timing().validatingMs());
    return wait > 0 ? Math.min(wait, left) : validate(script);
  }

  private long validate(BatchScript script) throws IOException {
    BatchProblem scripted = scripted(script);
    if (scripted != null) {
      return fail(List.of(scripted));
    }
    StoredFile file = tools.files().find(batch.asked().inputFileId());
    if (file == null
        || script.gone().contains(Gone.INPUT_FILES)
        || file.look() <= script.inputHidden()) {
      return fail(
          List.of(
              new BatchProblem(
                  "invalid_request",
                  "Cannot find file "
                      + batch.asked().inputFileId()
                      + ", or organization org-local does not have access to it.",
                  "file_id",
                  0)));
    }
    if (!file.description().purpose().equals("batch")) {
      return fail(
          List.of(
              new BatchProblem(
                  "invalid_request",
                  "Invalid file purpose '"
                      + file.description().purpose()
                      + "': the input file of a batch must have the purpose 'batch'.",
                  "file_id",
                  0)));
    }
    Validation.Result input =
        Validation.of(file.path(), batch.asked().endpoint(), tools.model(), script);
    if (!input.problems().isEmpty()) {
      return fail(input.problems());
    }
    if (reservedModel == null && !reserve(input, script)) {
      long limit = script.limits().enqueuedTokens(input.model());
      return fail(List.of(tooManyTokens(input.model(), limit)));
    }
    lines = new LinesRun(batch, tools, file.path(), input.lines(), script.seed());
    if (!batch.run(input.model(), input.lines().size(), tools.now())) {
      // Cancelled meanwhile: nothing has run, so there is nothing to tell line by line.
      lines.close();
      lines = null;
    }
    return AT_ONCE;
  }

  /** What the service says when a model's enqueued tokens are over the limit. */
  static BatchProblem tooManyTokens(String model, long limit) {
    return new BatchProblem(
        "token_limit_exceeded",
        String.format(
            Locale.ROOT,
            "Enqueued token limit reached for %s in organization org-local. Limit: %,d enqueued"
                + " tokens. Please try again once some in_progress batches have been completed.",
            model,
            limit),
        null,
        0);
  }

  private BatchProblem scripted(BatchScript script) {
    return script.failures().stream()
        .filter(failure -> failure.meets(batch.number()))
        .findFirst()
        .map(failure -> new BatchProblem(failure.code(), failure.message(), null, 0))
        .orElse(null);
  }

  private boolean reserve(Validation.Result input, BatchScript script) {
    long limit = script.limits().enqueuedTokens(input.model());
    if (!tools.tokens().reserve(input.model(), input.tokens(), limit)) {
      return false;
    }
    reserved(input.model(), input.tokens());
    return true;
  }

  private long running(BatchScript script) throws IOException {
    long left = untilExpiry(script);
    if (left <= 0) {
      lines.skipRest(
          "batch_expired",
          "This request could not be executed before the completion window expired.",
          script.dialect());
      return end(BatchState.IN_PROGRESS, BatchState.EXPIRED, script);
    }
    long wait = lines.runSome(script, left);
    if (lines.done() && !script.hold().in(BatchState.IN_PROGRESS)) {
      batch.move(BatchState.IN_PROGRESS, BatchState.FINALIZING, tools.now());
      return AT_ONCE;
    }
    return Math.min(wait, left);
  }

  private long finalizing(BatchScript script) throws IOException {
    if (script.hold().in(BatchState.FINALIZING)) {
      return NEVER;
    }
    long wait = untilOver(BatchState.FINALIZING, script.timing().finalizingMs());
    return wait > 0 ? wait : end(BatchState.FINALIZING, BatchState.COMPLETED, script);
  }

  private long cancelling(BatchScript script) throws IOException {
    if (script.hold().in(BatchState.CANCELLING)) {
      return NEVER;
    }
    long wait = untilOver(BatchState.CANCELLING, script.timing().cancellingMs());
    if (wait > 0) {
      return wait;
    }
    if (lines != null) {
      lines.skipRest(
          "batch_cancelled",
          "This request was not executed because the batch was cancelled.",
          script.dialect());
    }
    return end(BatchState.CANCELLING, BatchState.CANCELLED, script);
  }

  private long end(BatchState from, BatchState to, BatchScript script) throws IOException {
    String output = null;
    String errors = null;
    if (lines != null) {
      boolean emptyOnes = script.emptyFile() == BatchScript.EmptyFile.EMPTY_FILE;
      ResultFiles results = lines.store(emptyOnes);
      output = results.outputId();
      errors = results.errorsId();
    }
    if (!batch.end(from, to, tools.now(), output, errors)) {
      return AT_ONCE;
    }
    release();
    return NEVER;
  }

  private long fail(List<BatchProblem> problems) {
    batch.fail(problems, tools.now());
    release();
    return NEVER;
  }

  private void release() {
    close();
    lines = null;
    if (reservedModel != null) {
      tools.tokens().release(reservedModel, reservedTokens);
      reservedModel = null;
    }
    tools.ended().accept(batch);
  }

  private long untilExpiry(BatchScript script) {
    return untilOver(BatchState.VALIDATING, script.timing().windowSeconds() * 1000);
  }

  private long untilOver(BatchState state, long millis) {
    return batch.since(state) + millis - tools.now();
  }
}

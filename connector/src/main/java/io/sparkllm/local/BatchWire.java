package io.sparkllm.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.local.batch.BatchProblem;
import io.sparkllm.local.batch.BatchScript.EmptyFile;
import io.sparkllm.local.batch.BatchState;
import io.sparkllm.local.batch.BatchView;
import java.time.Instant;
import java.util.Locale;

/**
 * A batch as JSON: the Batch object of OpenAI's OpenAPI 2.3.0, or what the script makes of it. For
 * one use.
 */
final class BatchWire {
  private final BatchView batch;
  private final StoreScript script;
  private final StoreScript.Shape shape;
  private final ObjectNode body = Json.object();

  BatchWire(BatchView batch, StoreScript script) {
    this.batch = batch;
    this.script = script;
    this.shape = script.shape();
  }

  ObjectNode body() {
    body.put("id", batch.id())
        .put("object", "batch")
        .put("endpoint", batch.asked().endpoint())
        .put("model", batch.model());
    putErrors();
    body.put("input_file_id", batch.asked().inputFileId())
        .put("completion_window", "24h")
        .put("status", status())
        .put("output_file_id", file(batch.outputFileId()))
        .put("error_file_id", file(batch.errorFileId()));
    putTime("created_at", batch.createdAt());
    putTime("in_progress_at", BatchState.IN_PROGRESS);
    putTime("expires_at", batch.createdAt() + script.batch().timing().windowSeconds());
    putTime("finalizing_at", BatchState.FINALIZING);
    putTime("completed_at", BatchState.COMPLETED);
    putTime("failed_at", BatchState.FAILED);
    putTime("expired_at", BatchState.EXPIRED);
    putTime("cancelling_at", BatchState.CANCELLING);
    putTime("cancelled_at", BatchState.CANCELLED);
    putCounts();
    putUsage();
    if (batch.asked().metadata().isEmpty()) {
      body.putNull("metadata");
    } else {
      ObjectNode metadata = body.putObject("metadata");
      batch.asked().metadata().forEach(metadata::put);
    }
    return body;
  }

  private void putErrors() {
    if (batch.problems().isEmpty()) {
      body.putNull("errors");
      return;
    }
    ArrayNode data = body.putObject("errors").put("object", "list").putArray("data");
    for (BatchProblem problem : batch.problems()) {
      ObjectNode entry =
          data.addObject()
              .put("code", problem.code())
              .put("message", problem.message())
              .put("param", problem.param());
      if (problem.line() == 0) {
        entry.putNull("line");
      } else {
        entry.put("line", problem.line());
      }
    }
  }

  private String status() {
    String key = batch.state().key();
    String named = shape.statuses().get(key);
    if (named != null) {
      return named;
    }
    return switch (shape.style()) {
      case LOWER -> key;
      case UPPER -> key.toUpperCase(Locale.ROOT);
      case CAPITALISED -> key.substring(0, 1).toUpperCase(Locale.ROOT) + key.substring(1);
    };
  }

  private String file(String id) {
    boolean withFiles =
        batch.state().terminal()
            && batch.state() != BatchState.FAILED
            && (shape.lateFiles() == 0 || batch.looks() > shape.lateFiles());
    if (!withFiles) {
      return null;
    }
    return id == null && script.batch().emptyFile() == EmptyFile.EMPTY_ID ? "" : id;
  }

  private void putTime(String field, BatchState state) {
    Long seconds = batch.since().get(state);
    if (seconds == null) {
      body.putNull(field);
    } else {
      putTime(field, seconds);
    }
  }

  private void putTime(String field, long seconds) {
    if (shape.times() == StoreScript.TimeStyle.ISO) {
      body.put(field, Instant.ofEpochSecond(seconds).toString());
    } else {
      body.put(field, seconds);
    }
  }

  private void putCounts() {
    BatchView.Counts counts = batch.counts();
    switch (shape.counts()) {
      case RIGHT -> putCounts(counts.total(), counts.completed(), counts.failed());
      case ALL_COMPLETED -> putCounts(counts.total(), counts.total(), 0);
      case ZERO -> putCounts(0, 0, 0);
      case NULL -> body.putNull("request_counts");
    }
  }

  private void putCounts(long total, long completed, long failed) {
    body.putObject("request_counts")
        .put("total", total)
        .put("completed", completed)
        .put("failed", failed);
  }

  private void putUsage() {
    if (!shape.usage()) {
      return;
    }
    BatchView.Usage tokens = batch.usage();
    ObjectNode usage = body.putObject("usage").put("input_tokens", tokens.input());
    usage.putObject("input_tokens_details").put("cached_tokens", 0);
    usage.put("output_tokens", tokens.output());
    usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
    usage.put("total_tokens", tokens.input() + tokens.output());
  }
}

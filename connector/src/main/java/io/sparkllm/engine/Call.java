package io.sparkllm.engine;

import io.sparkllm.ledger.Entry;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;

/**
 * One row on its way. The row never changes; the rest is written by the dispatcher under its lock,
 * and read by the task's thread once the call is finished.
 */
final class Call {
  final Row row;

  /** Characters of the row's messages. */
  final long promptChars;

  private final Consumer<Call> onFinished;

  /**
   * What the row adds to a request. Taken away once the row is finished: a window of finished rows
   * should not hold requests.
   */
  byte[] item;

  /** Length of the item, which is let go once the row is finished. */
  final int itemBytes;

  long latencyNanos;

  /** Requests that held this row. */
  int calls;

  /** Replies that did not tell what became of it. */
  int misses;

  /** How often it was asked again as its answer did not fit. */
  int corrections;

  /** Tokens of the answers that did not fit. */
  private Usage spent = Usage.UNKNOWN;

  /** Requests counted at this row: of a request with many rows at its first one. */
  int requests;

  /** Those of them that ask again. */
  int retries;

  /** What they waited for rate limits. */
  long throttledNanos;

  /** Heap that the row takes in the window; for the task's thread only, as the next. */
  long bytes;

  /** The task's thread has seen the outcome. */
  boolean drained;

  /** Rows that wait for this call's outcome; for the task's thread only. */
  private List<Call> followers = List.of();

  /** The call that this row's outcome comes from; null where it has its own. */
  private Call leader;

  private Source source = Source.API;
  private String batchId;

  private Outcome outcome;

  private Call(Row row, long bytes, byte[] item, long promptChars, Consumer<Call> onFinished) {
    this.row = row;
    this.itemBytes = item == null ? 0 : item.length;
    this.bytes = bytes + itemBytes;
    this.item = item;
    this.promptChars = promptChars;
    this.onFinished = onFinished;
  }

  static Call of(Row row, long bytes, byte[] item, long promptChars, Consumer<Call> onFinished) {
    return new Call(row, bytes, item, promptChars, onFinished);
  }

  /** A row that needs no call. */
  static Call finished(Row row, long bytes, Outcome outcome) {
    Call call = new Call(row, bytes, null, 0, c -> {});
    call.outcome = outcome;
    return call;
  }

  /** A row whose answer was kept from an earlier call. */
  static Call recalled(Row row, long bytes, Entry entry, Source source) {
    Call call = finished(row, bytes, entry.outcome());
    call.calls = entry.attempts();
    call.latencyNanos = entry.latencyMillis() * 1_000_000;
    call.source = source;
    call.batchId = entry.batchId();
    return call;
  }

  /** A row that gets the outcome of another call, finished or not. */
  static Call following(Row row, long bytes, Call leader) {
    Call call = new Call(row, bytes, null, 0, c -> {});
    call.leader = leader;
    if (leader.drained) {
      call.takeOutcome();
    } else {
      if (leader.followers.isEmpty()) {
        leader.followers = new ArrayList<>();
      }
      leader.followers.add(call);
    }
    return call;
  }

  private void takeOutcome() {
    outcome = leader.outcome;
    calls = leader.calls;
    latencyNanos = leader.latencyNanos;
    batchId = leader.batchId;
    source = leader.source == Source.API ? Source.DUPLICATE : leader.source;
    leader = null;
  }

  /** The rows that waited for this call, which have its outcome now. */
  List<Call> releaseFollowers() {
    List<Call> released = followers;
    followers = List.of();
    released.forEach(Call::takeOutcome);
    return released;
  }

  /** Whether the row waits for another call. */
  boolean isFollowing() {
    return leader != null;
  }

  Source source() {
    return source;
  }

  /** The batch that the answer came from; null where it was no batch. */
  String batchId() {
    return batchId;
  }

  /** The result; null until the call is finished. */
  Outcome outcome() {
    return outcome;
  }

  /** An answer does not fit, and the row is asked again. */
  void corrected(Usage usage) {
    corrections++;
    spent = spent.plus(usage);
  }

  void finish(Outcome result) {
    outcome = corrections == 0 ? result : result.after(spent);
    item = null;
    onFinished.accept(this);
  }
}

package io.sparkllm.engine;

import io.sparkllm.coordination.FatalCause;
import io.sparkllm.ledger.Entry;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.LedgerLookup;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;

/**
 * Gives rows what the checkpoint holds, and asks nothing: in {@code mode=batch} calls are made by
 * commands. Rows come with their fingerprint and bucket, in that order, behind the input's columns.
 */
final class CollectedCalls implements CallSource {
  private static final Outcome.Failed MISSING =
      Outcome.Failed.of(
          ErrorType.BATCH_MISSING,
          "not_collected",
          "The checkpoint holds no answer for this row yet; submit it, and collect the batches when"
              + " they have ended");

  private final RowCalls calls;
  private final int fingerprintAt;
  private final Ledger ledger;
  private final LedgerLookup kept;

  CollectedCalls(RowCalls calls, int fingerprintAt, Ledger ledger) {
    this.calls = calls;
    this.fingerprintAt = fingerprintAt;
    this.ledger = ledger;
    this.kept = ledger.lookup();
  }

  @Override
  public Call call(Row row, FatalCause cause, Consumer<Call> onFinished) {
    Entry entry = row.isNullAt(fingerprintAt) ? null : find(row.getString(fingerprintAt));
    if (entry == null) {
      return calls.unasked(row, MISSING);
    }
    return calls.recalled(row, entry, entry.batchId() == null ? Source.CHECKPOINT : Source.BATCH);
  }

  private Entry find(String fingerprint) {
    try {
      return kept.find(fingerprint);
    } catch (IOException e) {
      // A file system that fails once may not when the task is tried again.
      throw new UncheckedIOException("Cannot read the checkpoint " + ledger.directory(), e);
    }
  }
}

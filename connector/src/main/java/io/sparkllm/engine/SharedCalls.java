package io.sparkllm.engine;

import io.sparkllm.coordination.FatalCause;
import io.sparkllm.ledger.Entry;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;

/**
 * Calls for what is not known yet: not kept by the checkpoint, not asked for an equal row just
 * before. Rows come with their fingerprint and bucket, in that order, behind the input's columns.
 */
final class SharedCalls implements CallSource {
  private final RowCalls calls;
  private final int fingerprintAt;
  private final KeptAnswers kept;

  private String lastFingerprint;
  private Call last;

  SharedCalls(RowCalls calls, int fingerprintAt, KeptAnswers kept) {
    this.calls = calls;
    this.fingerprintAt = fingerprintAt;
    this.kept = kept;
  }

  @Override
  public Call call(Row row, FatalCause cause, Consumer<Call> onFinished) {
    if (row.isNullAt(fingerprintAt)) {
      return calls.call(row, cause, onFinished);
    }
    String fingerprint = row.getString(fingerprintAt);
    if (fingerprint.equals(lastFingerprint)) {
      return calls.following(row, last);
    }
    lastFingerprint = fingerprint;
    last = first(row, fingerprint, cause, onFinished);
    return last;
  }

  private Call first(Row row, String fingerprint, FatalCause cause, Consumer<Call> onFinished) {
    int bucket = row.getInt(fingerprintAt + 1);
    Entry entry = kept.find(fingerprint, bucket);
    if (entry != null) {
      return calls.recalled(row, entry, Source.CHECKPOINT);
    }
    return cause == null
        ? calls.call(row, null, kept.keeping(fingerprint, bucket, onFinished))
        : calls.call(row, cause, onFinished);
  }

  @Override
  public FatalCause failure() {
    return kept.failure();
  }

  @Override
  public void close() {
    kept.close();
  }
}

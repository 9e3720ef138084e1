package io.sparkllm.engine;

import io.sparkllm.coordination.FatalCause;
import io.sparkllm.ledger.Entry;
import io.sparkllm.ledger.GroupCommit;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.LedgerLookup;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.function.Consumer;

/** The checkpoint as a task uses it: one bucket is read at a time, as it is when its rows come. */
final class LedgerAnswers implements KeptAnswers {
  private final Ledger ledger;
  private final Set<ErrorType> retryErrors;

  private final LedgerLookup lookup;
  private int bucket = -1;

  /** Made for the first call: a task that asks nothing writes nothing. Closed by any thread. */
  private volatile GroupCommit commit;

  LedgerAnswers(Ledger ledger, Set<ErrorType> retryErrors) {
    this.ledger = ledger;
    this.lookup = ledger.lookup();
    this.retryErrors = retryErrors;
  }

  @Override
  public Entry find(String fingerprint, int newBucket) {
    if (newBucket != bucket) {
      if (commit != null) {
        commit.passed(bucket);
      }
      bucket = newBucket;
    }
    Entry entry = read(fingerprint);
    boolean again =
        entry != null
            && entry.outcome() instanceof Outcome.Failed failed
            && retryErrors.contains(failed.type());
    return again ? null : entry;
  }

  private Entry read(String fingerprint) {
    try {
      return lookup.find(fingerprint);
    } catch (IOException e) {
      // A file system that fails once may not when the task is tried again.
      throw new UncheckedIOException("Cannot read the checkpoint " + ledger.directory(), e);
    }
  }

  private GroupCommit start() {
    try {
      return new GroupCommit(ledger.writer());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write to the checkpoint " + ledger.directory(), e);
    }
  }

  @Override
  public Consumer<Call> keeping(String fingerprint, int of, Consumer<Call> onFinished) {
    if (commit == null) {
      commit = start();
    }
    GroupCommit to = commit;
    to.expect(of);
    return call -> {
      if (isKept(call)) {
        to.add(entry(fingerprint, call), () -> onFinished.accept(call));
      } else {
        to.abandon(of);
        onFinished.accept(call);
      }
    };
  }

  private static boolean isKept(Call call) {
    return call.calls > 0
        && (!(call.outcome() instanceof Outcome.Failed failed) || failed.type().isKept());
  }

  private static Entry entry(String fingerprint, Call call) {
    return new Entry(
        fingerprint,
        call.outcome(),
        call.calls,
        call.latencyNanos / 1_000_000,
        null,
        System.currentTimeMillis());
  }

  @Override
  public FatalCause failure() {
    IOException error = commit == null ? null : commit.failure();
    return error == null ? null : FatalCause.cannotKeep(error.getMessage());
  }

  @Override
  public void close() {
    if (commit != null) {
      commit.close();
    }
  }
}

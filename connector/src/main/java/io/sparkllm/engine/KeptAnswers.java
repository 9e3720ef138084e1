package io.sparkllm.engine;

import io.sparkllm.coordination.FatalCause;
import io.sparkllm.ledger.Entry;
import java.util.function.Consumer;

/**
 * The answers of earlier calls, and the keeping of new ones. For the task's thread, which asks in
 * the order of buckets and fingerprints.
 */
interface KeptAnswers extends AutoCloseable {
  /** Keeps nothing. */
  KeptAnswers NONE =
      new KeptAnswers() {
        @Override
        public Entry find(String fingerprint, int bucket) {
          return null;
        }

        @Override
        public Consumer<Call> keeping(String fingerprint, int bucket, Consumer<Call> onFinished) {
          return onFinished;
        }
      };

  /** What is kept of a request and need not be asked again; null where it has to be asked. */
  Entry find(String fingerprint, int bucket);

  /** A call goes out, and is told as finished once its answer is kept. */
  Consumer<Call> keeping(String fingerprint, int bucket, Consumer<Call> onFinished);

  /** Why nothing can be kept any more; null while it can. */
  default FatalCause failure() {
    return null;
  }

  @Override
  default void close() {}
}

package io.sparkllm.batch.rows;

import io.sparkllm.ledger.Entry;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;

/** The error of a request that no file can take. */
final class TooLong {
  private TooLong() {}

  static Entry entry(String fingerprint, long bytes, long tokens, FileLimits limits) {
    String message =
        bytes > limits.bytes()
            ? String.format(
                "The request has %,d bytes, more than a file of the Batch API takes (%,d)",
                bytes, limits.bytes())
            : String.format(
                "The request has about %,d tokens, more than may be enqueued at once (%,d)",
                tokens, limits.tokens());
    return new Entry(
        fingerprint,
        Outcome.Failed.of(ErrorType.INVALID_REQUEST, "too_long_for_batch", message),
        0,
        0,
        null,
        System.currentTimeMillis());
  }
}

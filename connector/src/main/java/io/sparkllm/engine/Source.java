package io.sparkllm.engine;

import java.util.Locale;

/** Where a row's answer came from, as {@code metadata.source} tells it. */
enum Source {
  /** Asked for this row, just now. */
  API,
  /** Kept by the checkpoint from an earlier call. */
  CHECKPOINT,
  /** From a batch of the Batch API. */
  BATCH,
  /** Asked for an equal row, just now. */
  DUPLICATE;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}

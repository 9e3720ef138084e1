package io.sparkllm.local.batch;

import io.sparkllm.local.files.FileStore;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What every batch works with.
 *
 * @param files input and result files
 * @param model answers lines
 * @param script the behaviour that holds now
 * @param epochMillis the clock of batches, in milliseconds since 1970
 * @param workers on which batches run
 * @param tokens enqueued by all batches
 * @param ended called when a batch has ended
 */
record BatchTools(
    FileStore files,
    LineModel model,
    Supplier<BatchScript> script,
    LongSupplier epochMillis,
    ScheduledExecutorService workers,
    EnqueuedTokens tokens,
    Consumer<Batch> ended) {

  long now() {
    return epochMillis.getAsLong();
  }
}

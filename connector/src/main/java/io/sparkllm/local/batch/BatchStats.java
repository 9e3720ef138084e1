package io.sparkllm.local.batch;

import java.util.Map;

/**
 * What became of files and batches since the start or the last reset.
 *
 * @param files kept now, result files too
 * @param calls whole requests by what they asked for, as rules of {@code batch.faults} name it,
 *     e.g. {@code list_files}
 * @param uploads files taken
 * @param uploadsRefused by the limit of uploads
 * @param creates batches made, those too whose reply was lost
 * @param createsRefused by the limits of creates and of enqueued tokens
 * @param byState batches by their state now, e.g. {@code in_progress}
 * @param lines that ran
 * @param answers of these, answered with status 200
 * @param doubleIds answers beyond the first under the same {@code custom_id}, in whatever batch
 * @param enqueuedTokens prompt tokens of live batches by model, now
 * @param maxEnqueuedTokens most of them at any one time
 */
public record BatchStats(
    long files,
    Map<String, Long> calls,
    long uploads,
    long uploadsRefused,
    long creates,
    long createsRefused,
    Map<String, Long> byState,
    long lines,
    long answers,
    long doubleIds,
    Map<String, Long> enqueuedTokens,
    Map<String, Long> maxEnqueuedTokens) {
  /** Copies the maps. */
  public BatchStats {
    calls = Map.copyOf(calls);
    byState = Map.copyOf(byState);
    enqueuedTokens = Map.copyOf(enqueuedTokens);
    maxEnqueuedTokens = Map.copyOf(maxEnqueuedTokens);
  }
}

package io.sparkllm;

import java.time.Instant;
import java.util.List;

/**
 * How the batches of a checkpoint stand. Immutable.
 *
 * @param checkpoint the directory
 * @param batches all files of requests, each with its batch, in the order in which they were made
 * @param enqueuedTokens estimated prompt tokens of the batches that have not ended
 * @param tokenLimit prompt tokens that may be enqueued at once, configured or learned; null where
 *     none is known
 */
public record BatchReport(
    String checkpoint, List<Batch> batches, long enqueuedTokens, Long tokenLimit) {
  /** Copies the list. */
  public BatchReport {
    batches = List.copyOf(batches);
  }

  /**
   * One file of requests and its batch.
   *
   * @param file the file's name
   * @param id the batch's id; null while there is none
   * @param state {@code planned}, {@code uploaded}, {@code creating}, {@code rejected}, or the
   *     service's word for the batch's state
   * @param isDone whether nothing is left to do with it: its results are in the checkpoint, or
   *     further files hold its rows
   * @param round how often its rows were in a batch, this one included, from 1
   * @param requests its requests
   * @param answered requests with an answer: while the batch is live as the service says, which may
   *     be wrong, then as counted
   * @param failed requests with an error, likewise
   * @param since when it came into this state
   * @param expires when the service gives up on it; null where that is not known
   */
  public record Batch(
      String file,
      String id,
      String state,
      boolean isDone,
      int round,
      long requests,
      long answered,
      long failed,
      Instant since,
      Instant expires) {}

  /**
   * Whether all batches have ended and their results are in the checkpoint.
   *
   * @return true also where there are none
   */
  public boolean isDone() {
    return batches.stream().allMatch(Batch::isDone);
  }

  /**
   * Requests whose answers are in the checkpoint or, as the service says, will be.
   *
   * @return from 0
   */
  public long answered() {
    return batches.stream().mapToLong(Batch::answered).sum();
  }

  /**
   * Requests that wait for their batch's end or for a batch.
   *
   * @return from 0
   */
  public long waiting() {
    return batches.stream().filter(batch -> !batch.isDone()).mapToLong(Batch::requests).sum();
  }

  /**
   * Different requests, as far as they are in a first round.
   *
   * @return from 0
   */
  public long requests() {
    return batches.stream().filter(batch -> batch.round() == 1).mapToLong(Batch::requests).sum();
  }
}

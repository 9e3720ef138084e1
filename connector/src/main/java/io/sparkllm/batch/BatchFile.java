package io.sparkllm.batch;

import io.sparkllm.batch.rows.Chunk;
import io.sparkllm.batch.rows.RequestFile;
import io.sparkllm.batch.rows.ResultCounts;
import io.sparkllm.batch.service.RemoteBatch;
import java.util.List;

/**
 * One file of requests and where it stands. Immutable.
 *
 * @param name its name, unique in the checkpoint
 * @param round how often its rows were in a batch, this one included, from 1
 * @param state where it stands
 * @param chunks its chunks in order; empty once it is done
 * @param requests its requests
 * @param tokens estimated tokens of all prompts
 * @param since when it came into this state, in milliseconds since 1970
 * @param fileId the uploaded file; null before
 * @param batchId its batch; null before
 * @param creates how often a batch was to be created for it
 * @param tries how often it failed as a whole
 * @param outputFileId answers of the ended batch; null where there are none
 * @param errorFileId failed requests of the ended batch; null where there are none
 * @param ending how its batch ended; null before
 * @param results what became of its requests; none before they were collected
 */
public record BatchFile(
    String name,
    int round,
    State state,
    List<Chunk> chunks,
    int requests,
    long tokens,
    long since,
    String fileId,
    String batchId,
    int creates,
    int tries,
    String outputFileId,
    String errorFileId,
    String ending,
    ResultCounts results) {
  /** Copies the list. */
  public BatchFile {
    chunks = List.copyOf(chunks);
  }

  /** Where a file stands. */
  public enum State {
    /** Its chunks are written. */
    PLANNED,
    /** The service has it. */
    UPLOADED,
    /** A batch is being created for it, or was when the driver died. */
    CREATING,
    /** Its batch has not ended. */
    LIVE,
    /** The service refused some of its lines; nothing ran. */
    REJECTED,
    /** Its batch has ended, and the results are not in the checkpoint yet. */
    ENDED,
    /** Its results are in the checkpoint; some rows may have to go again. */
    COLLECTED,
    /** Nothing is left to do. */
    DONE
  }

  static BatchFile planned(String name, int round, List<Chunk> chunks, long now) {
    return new BatchFile(
        name,
        round,
        State.PLANNED,
        chunks,
        chunks.stream().mapToInt(Chunk::requests).sum(),
        chunks.stream().mapToLong(Chunk::tokens).sum(),
        now,
        null,
        null,
        0,
        0,
        null,
        null,
        null,
        ResultCounts.NONE);
  }

  /** Uploaded, or to be created once more. */
  BatchFile uploaded(String id, long now) {
    return submitted(State.UPLOADED, now, id, null, creates, tries);
  }

  BatchFile creating(long now) {
    return submitted(State.CREATING, now, fileId, null, creates + 1, tries);
  }

  BatchFile live(String batch, long now) {
    return submitted(State.LIVE, now, fileId, batch, creates, tries);
  }

  /** To be uploaded anew: the service does not find its file. */
  BatchFile lost(long now) {
    return submitted(State.PLANNED, now, null, null, creates, tries + 1);
  }

  /** To be created anew, after its batch failed as a whole. */
  BatchFile failed(long now) {
    return submitted(State.UPLOADED, now, fileId, null, creates, tries + 1);
  }

  /** On its way to the end of its batch, of which nothing is known yet. */
  private BatchFile submitted(
      State next, long now, String file, String batch, int created, int tried) {
    return new BatchFile(
        name, round, next, chunks, requests, tokens, now, file, batch, created, tried, null, null,
        null, results);
  }

  BatchFile rejected(long now) {
    return after(State.REJECTED, now, chunks, outputFileId, errorFileId, ending, results);
  }

  BatchFile ended(RemoteBatch batch, long now) {
    return ended(batch.outputFileId(), batch.errorFileId(), batch.status(), now);
  }

  BatchFile ended(String output, String error, String how, long now) {
    return after(State.ENDED, now, chunks, output, error, how, results);
  }

  BatchFile collected(ResultCounts counts, long now) {
    return after(State.COLLECTED, now, chunks, outputFileId, errorFileId, ending, counts);
  }

  /** Done; its chunks are nobody's any more. */
  BatchFile done(String how, long now) {
    return after(State.DONE, now, List.of(), outputFileId, errorFileId, how, results);
  }

  /** Past its batch, or past all that will be done with it. */
  private BatchFile after(
      State next,
      long now,
      List<Chunk> left,
      String output,
      String error,
      String how,
      ResultCounts counts) {
    return new BatchFile(
        name, round, next, left, requests, tokens, now, fileId, batchId, creates, tries, output,
        error, how, counts);
  }

  /** As an executor needs it. */
  RequestFile forExecutor() {
    return new RequestFile(name, round, chunks, batchId, outputFileId, errorFileId, ending);
  }
}

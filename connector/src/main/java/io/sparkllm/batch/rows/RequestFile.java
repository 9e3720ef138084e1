package io.sparkllm.batch.rows;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of requests as an executor needs it. Immutable.
 *
 * @param name its name, which ends in {@code .jsonl}
 * @param round how often its rows were in a batch, this one included, from 1
 * @param chunks its chunks, in the order of its lines
 * @param batchId its batch; null where it has none yet
 * @param outputFileId the batch's answers; null where there are none
 * @param errorFileId the batch's failed requests; null where there are none
 * @param ending how the batch ended, for rows that it says nothing of
 */
public record RequestFile(
    String name,
    int round,
    List<Chunk> chunks,
    String batchId,
    String outputFileId,
    String errorFileId,
    String ending)
    implements Serializable {
  /** Copies the list into one that can travel. */
  public RequestFile {
    chunks = new ArrayList<>(chunks);
  }
}

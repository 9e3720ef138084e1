package io.sparkllm.batch.rows;

import java.util.List;
import java.util.stream.Stream;

/**
 * What became of rows that were to be staged. Immutable.
 *
 * @param chunks what was written
 * @param rows rows that were looked at
 * @param kept different requests whose answer the checkpoint holds
 * @param pending different requests that wait in chunks already
 * @param unfit rows that cannot be asked, and get their error without a call
 */
public record Staged(List<Chunk> chunks, long rows, long kept, long pending, long unfit) {
  /** Nothing. */
  public static final Staged NONE = new Staged(List.of(), 0, 0, 0, 0);

  /** Copies the list. */
  public Staged {
    chunks = List.copyOf(chunks);
  }

  /**
   * Requests in the chunks.
   *
   * @return from 0
   */
  public long requests() {
    return chunks.stream().mapToLong(Chunk::requests).sum();
  }

  /** Both together. */
  Staged plus(Staged other) {
    return new Staged(
        Stream.concat(chunks.stream(), other.chunks.stream()).toList(),
        rows + other.rows,
        kept + other.kept,
        pending + other.pending,
        unfit + other.unfit);
  }
}

package io.sparkllm.batch.rows;

import java.io.Serializable;

/**
 * Some requests, as lines of one file in the checkpoint, in the order of their fingerprints.
 * Immutable.
 *
 * @param name the file's name
 * @param requests lines
 * @param bytes its length
 * @param tokens estimated tokens of all prompts
 * @param firstBucket the lowest bucket of its fingerprints
 * @param lastBucket the highest
 */
public record Chunk(
    String name, int requests, long bytes, long tokens, int firstBucket, int lastBucket)
    implements Serializable {

  /**
   * Whether it may hold a fingerprint of this bucket.
   *
   * @param bucket the bucket
   * @return false where it surely holds none
   */
  boolean mayHold(int bucket) {
    return firstBucket <= bucket && bucket <= lastBucket;
  }
}

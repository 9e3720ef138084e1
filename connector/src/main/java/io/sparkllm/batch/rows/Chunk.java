package io.sparkllm.batch.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.config.Json;
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

  /**
   * As JSON, for the manifest.
   *
   * @return an object that {@link #of} reads
   */
  public ObjectNode json() {
    return Json.MAPPER
        .createObjectNode()
        .put("name", name)
        .put("requests", requests)
        .put("bytes", bytes)
        .put("tokens", tokens)
        .put("first_bucket", firstBucket)
        .put("last_bucket", lastBucket);
  }

  /**
   * Reads what {@link #json} made.
   *
   * @param json the object
   * @return the chunk
   */
  public static Chunk of(JsonNode json) {
    return new Chunk(
        json.path("name").asText(),
        json.path("requests").asInt(),
        json.path("bytes").asLong(),
        json.path("tokens").asLong(),
        json.path("first_bucket").asInt(),
        json.path("last_bucket").asInt());
  }
}

package io.sparkllm.batch.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.config.Json;
import java.util.ArrayList;
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

  String json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    chunks.forEach(chunk -> json.withArray("chunks").add(chunk.json()));
    return json.put("rows", rows)
        .put("kept", kept)
        .put("pending", pending)
        .put("unfit", unfit)
        .toString();
  }

  static Staged of(String text) {
    try {
      JsonNode json = Json.parse(text);
      List<Chunk> chunks = new ArrayList<>();
      json.path("chunks").forEach(chunk -> chunks.add(Chunk.of(chunk)));
      return new Staged(
          chunks,
          json.path("rows").asLong(),
          json.path("kept").asLong(),
          json.path("pending").asLong(),
          json.path("unfit").asLong());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("What a task gave is no JSON", e);
    }
  }
}

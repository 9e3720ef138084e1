package io.sparkllm.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.config.Json;

/** A file as a line of the manifest. Its chunks, the most of it, are told when they change. */
final class BatchFileJson {
  private static final String CHUNKS = "chunks";

  private BatchFileJson() {}

  /** A line, where {@code before} tells what the manifest says already; null for nothing. */
  static ObjectNode write(BatchFile file, BatchFile before) {
    ObjectNode json = Json.MAPPER.valueToTree(file);
    json.properties().removeIf(field -> field.getValue().isNull());
    if (before != null && before.chunks().equals(file.chunks())) {
      json.remove(CHUNKS);
    }
    return json;
  }

  /**
   * Reads a line.
   *
   * @throws JsonProcessingException when it is none
   */
  static BatchFile read(JsonNode json, BatchFile before) throws JsonProcessingException {
    if (before != null && !json.has(CHUNKS)) {
      ((ObjectNode) json).set(CHUNKS, Json.MAPPER.valueToTree(before.chunks()));
    }
    return Json.MAPPER.treeToValue(json, BatchFile.class);
  }
}

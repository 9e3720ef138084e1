package io.sparkllm.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.batch.BatchFile.State;
import io.sparkllm.batch.rows.Chunk;
import io.sparkllm.batch.rows.ResultCounts;
import io.sparkllm.config.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A file as a line of the manifest. Its chunks, the most of it, are told when they change. */
final class BatchFileJson {
  private BatchFileJson() {}

  /** A line, where {@code before} tells what the manifest says already; null for nothing. */
  static ObjectNode write(BatchFile file, BatchFile before) {
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("name", file.name())
            .put("state", file.state().name().toLowerCase(Locale.ROOT))
            .put("since", file.since())
            .put("round", file.round())
            .put("requests", file.requests())
            .put("tokens", file.tokens());
    text(json, "file_id", file.fileId());
    text(json, "batch_id", file.batchId());
    text(json, "output_file_id", file.outputFileId());
    text(json, "error_file_id", file.errorFileId());
    text(json, "ending", file.ending());
    if (file.creates() > 0) {
      json.put("creates", file.creates());
    }
    if (file.tries() > 0) {
      json.put("tries", file.tries());
    }
    if (!file.results().equals(ResultCounts.NONE)) {
      json.set("results", file.results().json());
    }
    if (before == null || !before.chunks().equals(file.chunks())) {
      ArrayNode chunks = json.putArray("chunks");
      file.chunks().forEach(chunk -> chunks.add(chunk.json()));
    }
    return json;
  }

  private static void text(ObjectNode json, String name, String value) {
    if (value != null) {
      json.put(name, value);
    }
  }

  static BatchFile read(JsonNode json, BatchFile before) {
    List<Chunk> chunks = new ArrayList<>();
    if (json.has("chunks")) {
      json.path("chunks").forEach(chunk -> chunks.add(Chunk.of(chunk)));
    } else if (before != null) {
      chunks.addAll(before.chunks());
    }
    return new BatchFile(
        json.path("name").asText(),
        json.path("round").asInt(),
        State.valueOf(json.path("state").asText().toUpperCase(Locale.ROOT)),
        chunks,
        json.path("requests").asInt(),
        json.path("tokens").asLong(),
        json.path("since").asLong(),
        json.path("file_id").textValue(),
        json.path("batch_id").textValue(),
        json.path("creates").asInt(),
        json.path("tries").asInt(),
        json.path("output_file_id").textValue(),
        json.path("error_file_id").textValue(),
        json.path("ending").textValue(),
        ResultCounts.of(json.path("results")));
  }
}

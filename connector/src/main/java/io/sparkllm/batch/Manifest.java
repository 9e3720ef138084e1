package io.sparkllm.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.batch.rows.ChunkFiles;
import io.sparkllm.config.Json;
import io.sparkllm.ledger.LedgerFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * What was done with a checkpoint's batches, and what is being done. Each change is a small file of
 * JSON lines, numbered and written whole, so that a driver that dies at any moment leaves a state
 * from which another one goes on; the later line of a file wins. Now and then all of it is written
 * anew, and the files before are removed. For one thread.
 */
final class Manifest {
  private static final String SNAPSHOT = "snapshot";

  /** Smaller ones are not worth a snapshot. */
  private static final long LEAST_GROWTH = 1 << 20;

  /** More files take long to read on an object store. */
  private static final int MOST_FILES = 1_000;

  private final LedgerFiles files;
  private final Path directory;
  private final BatchFiles batches = new BatchFiles();
  private final List<Path> written = new ArrayList<>();
  private RunHeader header;
  private int last;
  private long snapshotBytes;
  private long grown;

  private Manifest(LedgerFiles files) {
    this.files = files;
    this.directory = files.file(ChunkFiles.DIRECTORY + "/manifest");
  }

  /** Reads what there is, which may be nothing. */
  static Manifest read(LedgerFiles files) throws IOException {
    Manifest manifest = new Manifest(files);
    List<String> names = new ArrayList<>();
    for (FileStatus file : files.list(manifest.directory)) {
      if (file.getPath().getName().matches("\\d{6,}\\.jsonl")) {
        names.add(file.getPath().getName());
      }
    }
    names.sort((a, b) -> Integer.compare(number(a), number(b)));
    for (String name : names) {
      manifest.take(name);
    }
    return manifest;
  }

  private static int number(String name) {
    return Integer.parseInt(name.substring(0, name.indexOf('.')));
  }

  private void take(String name) throws IOException {
    Path path = new Path(directory, name);
    byte[] content = files.read(path);
    if (content == null) {
      // A driver that owns the checkpoint wrote a snapshot meanwhile, which follows.
      return;
    }
    last = number(name);
    written.add(path);
    grown += content.length;
    List<String> lines = new String(content, StandardCharsets.UTF_8).lines().toList();
    for (String line : lines) {
      JsonNode json = parsed(path, line);
      if (json.path(SNAPSHOT).asBoolean()) {
        batches.clear();
        snapshotBytes = content.length;
        grown = 0;
      } else if (json.has("run")) {
        header = header(path, json);
      } else {
        BatchFile file = BatchFileJson.read(json, batches.get(json.path("name").asText()));
        batches.put(file);
      }
    }
  }

  private static JsonNode parsed(Path path, String line) throws IOException {
    try {
      return Json.parse(line);
    } catch (JsonProcessingException e) {
      throw new IOException("The manifest's file " + path + " is damaged", e);
    }
  }

  private static RunHeader header(Path path, JsonNode json) throws IOException {
    try {
      return RunHeader.of(json);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "The manifest's file " + path + " cannot be used: " + e.getMessage(), e);
    }
  }

  /** The run; null before the first. */
  RunHeader header() {
    return header;
  }

  /** All files as they stand. */
  BatchFiles batches() {
    return batches;
  }

  /** Writes a new header. */
  void put(RunHeader next) throws IOException {
    append(List.of(next.json()));
    header = next;
  }

  /** Begins a new run: what was done before is done, and forgotten. */
  void begin(RunHeader next) throws IOException {
    batches.clear();
    header = next;
    snapshot();
  }

  /** Writes how files stand now, all at once. */
  void put(Collection<BatchFile> changed) throws IOException {
    List<ObjectNode> lines = new ArrayList<>();
    for (BatchFile file : changed) {
      lines.add(BatchFileJson.write(file, batches.get(file.name())));
    }
    append(lines);
    changed.forEach(batches::put);
    if (grown > Math.max(LEAST_GROWTH, snapshotBytes) || written.size() > MOST_FILES) {
      snapshot();
    }
  }

  private void append(List<ObjectNode> lines) throws IOException {
    grown += write(lines);
  }

  private long write(List<ObjectNode> lines) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (ObjectNode line : lines) {
      content.write(Json.MAPPER.writeValueAsBytes(line));
      content.write('\n');
    }
    Path path = new Path(directory, String.format(Locale.ROOT, "%06d.jsonl", last + 1));
    // Fails where another driver was faster: then this one is not the owner any more.
    files.write(path, content.toByteArray());
    last++;
    written.add(path);
    return content.size();
  }

  private void snapshot() throws IOException {
    List<Path> before = List.copyOf(written);
    List<ObjectNode> lines = new ArrayList<>();
    lines.add(Json.MAPPER.createObjectNode().put(SNAPSHOT, true));
    lines.add(header.json());
    batches.all().forEach(file -> lines.add(BatchFileJson.write(file, null)));
    snapshotBytes = write(lines);
    grown = 0;
    for (Path path : before) {
      files.delete(path);
    }
    written.removeAll(before);
  }
}

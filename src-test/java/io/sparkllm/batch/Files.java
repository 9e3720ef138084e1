package io.sparkllm.batch;

import io.sparkllm.batch.rows.Chunk;
import java.util.List;

/** Files of requests in all states. */
final class Files {
  private Files() {}

  static Chunk chunk(String name, int requests, long bytes, long tokens) {
    return new Chunk(name, requests, bytes, tokens, 0, 255);
  }

  static BatchFile planned(String name, long tokens) {
    return BatchFile.planned(name, 1, List.of(chunk(name + ".chunk", 10, 1_000, tokens)), 0);
  }

  static BatchFile uploaded(String name, long tokens) {
    return planned(name, tokens).uploaded("file-" + name, 0);
  }

  static BatchFile creating(String name, long tokens) {
    return uploaded(name, tokens).creating(0);
  }

  static BatchFile live(String name, long tokens) {
    return creating(name, tokens).live("batch-" + name, 0);
  }

  static BatchFile ended(String name) {
    return live(name, 1).ended("out", null, "completed", 0);
  }

  static BatchFiles of(BatchFile... files) {
    BatchFiles all = new BatchFiles();
    for (BatchFile file : files) {
      all.put(file);
    }
    return all;
  }
}

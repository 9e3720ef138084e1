package io.sparkllm.batch.rows;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows that wait in chunks for their batch, and are not staged a second time. It goes by the
 * first 64 bits of fingerprints, in which no two of a billion rows are likely to agree. Not
 * thread-safe.
 */
final class PendingRows {
  /** Fingerprints in memory: 32 MB. */
  private static final int MOST_KEPT = 4 << 20;

  private final ChunkFiles files;
  private final List<Chunk> chunks;
  private final Map<String, long[]> read = new HashMap<>();
  private int kept;
  private int bucket = -1;
  private List<Chunk> near = List.of();

  PendingRows(ChunkFiles files, List<Chunk> chunks) {
    this.files = files;
    this.chunks = chunks;
  }

  /** Whether a row waits already. Ask in the order of buckets. */
  boolean contains(String fingerprint, int asked) throws IOException {
    if (asked != bucket) {
      bucket = asked;
      near = chunks.stream().filter(chunk -> chunk.mayHold(asked)).toList();
    }
    long key = key(fingerprint);
    for (Chunk chunk : near) {
      if (Arrays.binarySearch(keys(chunk), key) >= 0) {
        return true;
      }
    }
    return false;
  }

  private long[] keys(Chunk chunk) throws IOException {
    long[] keys = read.get(chunk.name());
    if (keys == null) {
      keys = new long[chunk.requests()];
      try (LineReader lines = files.read(chunk)) {
        for (int i = 0; i < keys.length; i++) {
          keys[i] = key(RequestLine.fingerprint(lines.require()));
        }
      }
      Arrays.sort(keys);
      if (kept + keys.length > MOST_KEPT) {
        read.clear();
        kept = 0;
      }
      read.put(chunk.name(), keys);
      kept += keys.length;
    }
    return keys;
  }

  private static long key(String fingerprint) {
    return Long.parseUnsignedLong(fingerprint.substring(0, 16), 16);
  }
}

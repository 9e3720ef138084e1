package io.sparkllm.batch;

import io.sparkllm.batch.rows.Chunk;
import io.sparkllm.batch.rows.FileLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Puts chunks into files. A chunk is a twentieth of each limit at most, so a file is closed only
 * when it is nearly full by one of them. Long and short requests are mixed, so that it is nearly
 * full by all of them: the next chunk is taken from that end of the chunks, sorted by the length of
 * their requests, which brings the file nearer to the mean.
 */
final class Packer {
  private Packer() {}

  static List<List<Chunk>> pack(List<Chunk> chunks, FileLimits limits) {
    Deque<Chunk> left =
        new ArrayDeque<>(
            chunks.stream()
                .sorted(
                    Comparator.comparingDouble(
                        chunk -> (double) size(chunk, limits) / chunk.requests()))
                .toList());
    double size = 0;
    double requests = 0;
    for (Chunk chunk : chunks) {
      size += size(chunk, limits);
      requests += chunk.requests();
    }
    double mean = size / Math.max(1, requests);
    List<List<Chunk>> files = new ArrayList<>();
    Open open = new Open(limits);
    while (!left.isEmpty()) {
      boolean wantsLong = open.size <= mean * open.requests;
      Chunk wanted = wantsLong ? left.peekLast() : left.peekFirst();
      Chunk other = wantsLong ? left.peekFirst() : left.peekLast();
      if (open.takes(wanted)) {
        open.add(wantsLong ? left.pollLast() : left.pollFirst());
      } else if (open.takes(other)) {
        open.add(wantsLong ? left.pollFirst() : left.pollLast());
      } else {
        files.add(open.chunks);
        open = new Open(limits);
      }
    }
    if (!open.chunks.isEmpty()) {
      files.add(open.chunks);
    }
    return files;
  }

  /** How much of a file it takes by its length, in parts of 10^12. */
  private static long size(Chunk chunk, FileLimits limits) {
    double bytes = (double) chunk.bytes() / limits.bytes();
    double tokens = (double) chunk.tokens() / limits.tokens();
    return (long) (Math.max(bytes, tokens) * 1e12);
  }

  /** The file that is being filled. */
  private static final class Open {
    private final FileLimits limits;
    private final List<Chunk> chunks = new ArrayList<>();
    private long requests;
    private long bytes;
    private long tokens;
    private double size;

    Open(FileLimits limits) {
      this.limits = limits;
    }

    boolean takes(Chunk chunk) {
      // A chunk that is too large alone has a file of its own, which is split when it is refused.
      return chunks.isEmpty()
          || (requests + chunk.requests() <= limits.requests()
              && bytes + chunk.bytes() <= limits.bytes()
              && tokens + chunk.tokens() <= limits.tokens());
    }

    void add(Chunk chunk) {
      chunks.add(chunk);
      requests += chunk.requests();
      bytes += chunk.bytes();
      tokens += chunk.tokens();
      size += size(chunk, limits);
    }
  }
}

package io.sparkllm.batch.rows;

import java.io.Serializable;

/**
 * What one file of requests may hold at most.
 *
 * @param requests lines
 * @param bytes its length
 * @param tokens estimated tokens of all prompts; {@link Long#MAX_VALUE} for no limit
 */
public record FileLimits(int requests, long bytes, long tokens) implements Serializable {
  /** Below 200 MB, whether a megabyte is meant as 10^6 or 2^20 bytes (protocol notes §1). */
  public static final long MOST_BYTES = 190_000_000;

  /** So many chunks fill a file at least, so that files are packed well. */
  private static final int CHUNKS = 20;

  private static final long MOST_CHUNK_BYTES = 8 << 20;

  /**
   * What one chunk may hold.
   *
   * @return a twentieth of each limit, and 8 MB at most; one request at least
   */
  FileLimits chunk() {
    return new FileLimits(
        Math.max(1, requests / CHUNKS),
        Math.min(MOST_CHUNK_BYTES, bytes / CHUNKS),
        tokens == Long.MAX_VALUE ? tokens : Math.max(1, tokens / CHUNKS));
  }

  /**
   * With another limit of tokens.
   *
   * @param most tokens of one file
   * @return the limits
   */
  public FileLimits withTokens(long most) {
    return new FileLimits(requests, bytes, most);
  }

  /** Whether so much is within the limits. */
  boolean holds(long lines, long length, long prompt) {
    return lines <= requests && length <= bytes && prompt <= tokens;
  }
}

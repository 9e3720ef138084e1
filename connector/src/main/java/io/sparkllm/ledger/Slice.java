package io.sparkllm.ledger;

import java.util.Collection;
import java.util.TreeMap;

/**
 * The line that counts of each fingerprint in a range, in bounded memory: where there are too many,
 * the range's end comes down, and the next slice begins there. Not thread-safe.
 */
final class Slice implements LineSink {
  /** What the map and the array's head cost, for each line. */
  private static final int OVERHEAD = 100;

  private final byte[] low;
  private final long maxBytes;
  private final TreeMap<byte[], byte[]> lines = new TreeMap<>(Line.BY_FINGERPRINT);
  private byte[] high;
  private long bytes;

  /**
   * An empty slice.
   *
   * @param low the head of the least fingerprint; null for the very first
   * @param maxBytes memory for lines; one line is kept even if it is longer
   */
  Slice(byte[] low, long maxBytes) {
    this.low = low;
    this.maxBytes = maxBytes;
  }

  @Override
  public void line(byte[] buffer, int begin, int end) {
    if (!covers(buffer, begin)) {
      return;
    }
    byte[] line = new byte[end - begin];
    System.arraycopy(buffer, begin, line, 0, line.length);
    byte[] other = lines.get(line);
    if (other != null) {
      if (!Line.isBetter(line, other)) {
        return;
      }
      // The map would keep the old line as key.
      lines.remove(other);
      bytes -= cost(other);
    }
    lines.put(line, line);
    bytes += cost(line);
    while (bytes > maxBytes && lines.size() > 1) {
      byte[] last = lines.pollLastEntry().getKey();
      bytes -= cost(last);
      high = Line.head(last);
    }
  }

  private static long cost(byte[] line) {
    return (long) OVERHEAD + line.length;
  }

  /** The line of a fingerprint, which this slice {@linkplain #covers covers}; null for none. */
  byte[] find(byte[] probe) {
    return lines.get(probe);
  }

  /** Whether a fingerprint lies in the range. */
  boolean covers(byte[] probe) {
    return covers(probe, 0);
  }

  private boolean covers(byte[] buffer, int begin) {
    return (low == null || Line.compare(buffer, begin, low) >= 0)
        && (high == null || Line.compare(buffer, begin, high) < 0);
  }

  /** The head of the fingerprint where the next slice begins; null when there is none. */
  byte[] next() {
    return high;
  }

  /** Memory that the lines take. */
  long bytes() {
    return bytes;
  }

  /** The lines in the order of their fingerprints. */
  Collection<byte[]> lines() {
    return lines.values();
  }
}

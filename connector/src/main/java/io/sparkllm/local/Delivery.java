package io.sparkllm.local;

/**
 * How a reply leaves the server.
 *
 * @param kind whole, in drips, cut short, or not at all
 * @param delayMs milliseconds until the first byte (or the cut)
 * @param chunkBytes bytes per drip, for {@link Kind#DRIP}
 * @param chunkDelayMs milliseconds between drips
 */
record Delivery(Kind kind, long delayMs, int chunkBytes, long chunkDelayMs) {
  static final Delivery AT_ONCE = new Delivery(Kind.WHOLE, 0, 0, 0);

  enum Kind {
    /** Head and body in one piece. */
    WHOLE,
    /** The body a few bytes at a time (slow-loris). */
    DRIP,
    /** Half of the announced body, then the connection closes. */
    CUT,
    /** The connection closes without an answer. */
    DROP,
    /** The connection stays open without an answer, and closes in the end. */
    STALL
  }

  Delivery after(long ms) {
    return new Delivery(kind, ms, chunkBytes, chunkDelayMs);
  }
}

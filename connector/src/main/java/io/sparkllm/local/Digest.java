package io.sparkllm.local;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The first 16 bytes of a SHA-256: enough to tell a million prompts apart, small enough to keep.
 *
 * @param high bytes 0 to 7
 * @param low bytes 8 to 15
 */
record Digest(long high, long low) {
  static Digest of(byte[] bytes) {
    ByteBuffer hash = ByteBuffer.wrap(sha256(bytes));
    return new Digest(hash.getLong(), hash.getLong());
  }

  static String sha256Hex(String text) {
    return HexFormat.of().formatHex(sha256(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * A number in [0, 1) that depends on nothing but this digest and the arguments, so that a draw is
   * the same on every run.
   */
  double draw(long seed, long salt) {
    // SplitMix64's finaliser: every input bit reaches every output bit.
    long z = high ^ Long.rotateLeft(low, 32) ^ seed * 0x9E3779B97F4A7C15L;
    z = mix(z) + salt * 0xBF58476D1CE4E5B9L;
    return (mix(z) >>> 11) * 0x1.0p-53;
  }

  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}

package io.sparkllm.ledger;

/**
 * The keys of a ledger: 64 lower-case hexadecimal digits, which sort as the numbers that they are.
 */
final class Fingerprints {
  /** Digits of a fingerprint. */
  static final int LENGTH = 64;

  /** Leading digits that choose the bucket; 28 bits, for at most as many buckets. */
  private static final int LEADING_DIGITS = 7;

  private Fingerprints() {}

  static String require(String fingerprint) {
    if (fingerprint.length() != LENGTH) {
      throw new IllegalArgumentException(
          "Not a fingerprint: " + fingerprint.length() + " characters instead of " + LENGTH);
    }
    for (int i = 0; i < LENGTH; i++) {
      digit(fingerprint.charAt(i));
    }
    return fingerprint;
  }

  /**
   * The bucket of a fingerprint: buckets are ranges of equal length, so that ascending fingerprints
   * have ascending buckets.
   */
  static int bucket(String fingerprint, int buckets) {
    long leading = 0;
    for (int i = 0; i < LEADING_DIGITS; i++) {
      leading = (leading << 4) | digit(fingerprint.charAt(i));
    }
    return (int) ((leading * buckets) >>> (4 * LEADING_DIGITS));
  }

  private static int digit(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
      return c - 'a' + 10;
    }
    throw new IllegalArgumentException(
        "Not a fingerprint: a character other than the hexadecimal digits 0-9 and a-f");
  }
}

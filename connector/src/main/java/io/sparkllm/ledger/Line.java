package io.sparkllm.ledger;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.zip.CRC32C;

/**
 * Where things stand in an entry's line. What decides which of two lines counts has a fixed place,
 * and so has the checksum, so that a line is judged without reading its JSON:
 *
 * <pre>{"fingerprint":"…64…","outcome":"answer","at":1764143000000,…,"crc":"0123abcd"}</pre>
 */
final class Line {
  static final byte[] BEGIN = ascii("{\"fingerprint\":\"");
  static final int FINGERPRINT = BEGIN.length;
  static final int FINGERPRINT_END = FINGERPRINT + Fingerprints.LENGTH;

  /** Both words for an outcome have six letters. */
  static final String ANSWER = "answer";

  static final String FAILED = "failed";

  private static final int OUTCOME = FINGERPRINT_END + "\",\"outcome\":\"".length();
  private static final int AT = OUTCOME + ANSWER.length() + "\",\"at\":".length();

  private static final byte[] CHECKSUM = ascii(",\"crc\":\"");
  private static final int CHECKSUM_DIGITS = 8;
  private static final byte[] END = ascii("\"}");

  /** Bytes of a line behind what the checksum covers. */
  static final int SUFFIX = CHECKSUM.length + CHECKSUM_DIGITS + END.length;

  private static final byte[] HEX = ascii("0123456789abcdef");

  /** Whole lines, or the beginnings of such, by fingerprint. */
  static final Comparator<byte[]> BY_FINGERPRINT = (a, b) -> compare(a, 0, b);

  private Line() {}

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Compares the fingerprint of the line that begins at an index with that of another line. */
  static int compare(byte[] buffer, int begin, byte[] line) {
    return Arrays.compareUnsigned(
        buffer, begin + FINGERPRINT, begin + FINGERPRINT_END, line, FINGERPRINT, FINGERPRINT_END);
  }

  /** Something that compares as the line of a fingerprint does. */
  static byte[] probe(String fingerprint) {
    byte[] probe = new byte[FINGERPRINT_END];
    for (int i = 0; i < Fingerprints.LENGTH; i++) {
      probe[FINGERPRINT + i] = (byte) fingerprint.charAt(i);
    }
    return probe;
  }

  /** The fingerprint's part of a line, which compares as the line does. */
  static byte[] head(byte[] line) {
    return Arrays.copyOf(line, FINGERPRINT_END);
  }

  static boolean isAnswer(byte[] line) {
    return line[OUTCOME] == 'a';
  }

  /**
   * Whether a line counts rather than another of the same fingerprint: answers first, then newer.
   */
  static boolean isBetter(byte[] line, byte[] other) {
    boolean answer = isAnswer(line);
    return answer == isAnswer(other) ? at(line) > at(other) : answer;
  }

  private static long at(byte[] line) {
    long at = 0;
    for (int i = AT; line[i] >= '0' && line[i] <= '9'; i++) {
      at = at * 10 + (line[i] - '0');
    }
    return at;
  }

  /** Writes the checksum of the text that ends at an index behind it. */
  static void sign(byte[] buffer, int end) {
    int crc = checksum(buffer, 0, end);
    System.arraycopy(CHECKSUM, 0, buffer, end, CHECKSUM.length);
    int digits = end + CHECKSUM.length;
    for (int i = 0; i < CHECKSUM_DIGITS; i++) {
      buffer[digits + i] = digit(crc, i);
    }
    System.arraycopy(END, 0, buffer, digits + CHECKSUM_DIGITS, END.length);
  }

  /** Whether a range of bytes is a line as it was written. */
  static boolean isWhole(byte[] buffer, int begin, int end) {
    int signed = end - SUFFIX;
    if (signed <= begin + AT
        || !stands(BEGIN, buffer, begin)
        || !stands(CHECKSUM, buffer, signed)
        || !stands(END, buffer, end - END.length)) {
      return false;
    }
    int crc = checksum(buffer, begin, signed);
    int digits = signed + CHECKSUM.length;
    for (int i = 0; i < CHECKSUM_DIGITS; i++) {
      if (buffer[digits + i] != digit(crc, i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean stands(byte[] text, byte[] buffer, int at) {
    return Arrays.equals(buffer, at, at + text.length, text, 0, text.length);
  }

  private static byte digit(int crc, int index) {
    return HEX[(crc >>> (4 * (CHECKSUM_DIGITS - 1 - index))) & 15];
  }

  private static int checksum(byte[] buffer, int begin, int end) {
    CRC32C crc = new CRC32C();
    crc.update(buffer, begin, end - begin);
    return (int) crc.getValue();
  }
}

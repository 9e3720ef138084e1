package io.sparkllm.batch.rows;

import io.sparkllm.prompt.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One request as a line of a file (protocol notes §4). The fingerprint is its {@code custom_id} and
 * stands at the same place of each line, where it is found without parsing. Immutable.
 *
 * @param bytes the line with its end
 * @param tokens estimated tokens of its prompt
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record RequestLine(byte[] bytes, long tokens) {
  private static final byte[] BEFORE = ascii("{\"custom_id\":\"");
  private static final int FINGERPRINT = 64;

  /** English text has about four characters a token, and so services estimate themselves. */
  private static final int CHARS_PER_TOKEN = 4;

  /** What wraps a message. */
  private static final int TOKENS_PER_MESSAGE = 4;

  static RequestLine of(String fingerprint, String path, byte[] body, List<Message> messages) {
    byte[] head =
        ascii("{\"custom_id\":\"" + fingerprint + "\",\"method\":\"POST\",\"url\":\"" + path);
    byte[] middle = ascii("\",\"body\":");
    byte[] line = new byte[head.length + middle.length + body.length + 2];
    System.arraycopy(head, 0, line, 0, head.length);
    System.arraycopy(middle, 0, line, head.length, middle.length);
    System.arraycopy(body, 0, line, head.length + middle.length, body.length);
    line[line.length - 2] = '}';
    line[line.length - 1] = '\n';
    long chars = messages.stream().mapToLong(Message::promptChars).sum();
    return new RequestLine(
        line,
        (chars + CHARS_PER_TOKEN - 1) / CHARS_PER_TOKEN
            + (long) TOKENS_PER_MESSAGE * messages.size());
  }

  /** The fingerprint of a line. */
  static String fingerprint(byte[] line) {
    return new String(line, BEFORE.length, FINGERPRINT, StandardCharsets.US_ASCII);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

package io.sparkllm.openai;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A request with a hole, and JSON that is put there as it is: a request that is written twice, once
 * in parts, has the same bytes.
 */
final class Frame {
  private final byte[] head;
  private final byte[] tail;

  private Frame(byte[] head, byte[] tail) {
    this.head = head;
    this.tail = tail;
  }

  /**
   * The frame of a request.
   *
   * @param request the request, which ends with the hole and what stands behind it
   * @param hole what stands in the place of the content
   * @param tail what stands behind the hole
   */
  static Frame of(byte[] request, String hole, String tail) {
    byte[] end = (hole + tail).getBytes(StandardCharsets.UTF_8);
    int from = request.length - end.length;
    if (from < 0 || !Arrays.equals(request, from, request.length, end, 0, end.length)) {
      throw new IllegalArgumentException("The request does not end with " + hole + tail);
    }
    return new Frame(Arrays.copyOf(request, from), tail.getBytes(StandardCharsets.UTF_8));
  }

  /** The request with a content. */
  byte[] around(byte[] content) {
    ByteArrayOutputStream out =
        new ByteArrayOutputStream(head.length + content.length + tail.length);
    out.writeBytes(head);
    out.writeBytes(content);
    out.writeBytes(tail);
    return out.toByteArray();
  }

  /** The content of a request; null for a request of another frame. */
  byte[] inside(byte[] request) {
    int end = request.length - tail.length;
    return end >= head.length
            && Arrays.equals(request, 0, head.length, head, 0, head.length)
            && Arrays.equals(request, end, request.length, tail, 0, tail.length)
        ? Arrays.copyOfRange(request, head.length, end)
        : null;
  }

  /** The list of values that are JSON already. */
  static byte[] list(List<byte[]> values) {
    int size = 1 + values.size() + values.stream().mapToInt(value -> value.length).sum();
    ByteArrayOutputStream out = new ByteArrayOutputStream(size);
    char before = '[';
    for (byte[] value : values) {
      out.write(before);
      out.writeBytes(value);
      before = ',';
    }
    out.write(']');
    return out.toByteArray();
  }
}

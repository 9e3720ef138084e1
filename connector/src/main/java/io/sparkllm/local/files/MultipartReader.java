package io.sparkllm.local.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Takes a {@code multipart/form-data} body apart while it comes (RFC 2046 §5.1.1, RFC 7578). Keeps
 * nothing but the head of the part that it is in. Not thread-safe.
 */
final class MultipartReader {
  private static final int MAX_HEAD = 16_384;

  /** Takes the parts, one after the other. */
  interface Parts {
    /** A part begins; {@code head} is its header lines. */
    void begin(String head) throws IOException;

    /** More of its content; to be read whole before it returns. */
    void content(ByteBuffer piece) throws IOException;

    /** The part is whole. */
    void end() throws IOException;
  }

  private enum State {
    /** Before the first boundary. */
    PREAMBLE,
    /** Behind a boundary: two dashes end it all, a line end begins a part. */
    BOUNDARY,
    HEAD,
    CONTENT,
    EPILOGUE
  }

  private final byte[] delimiter;
  private final Parts parts;
  private final ByteArrayOutputStream head = new ByteArrayOutputStream(256);
  private State state = State.PREAMBLE;
  // How much of the delimiter the last bytes were. The first boundary needs no line end before it.
  private int matched = 2;
  private int dashes;

  /**
   * Reads one body.
   *
   * @param boundary from the content type
   * @param parts who takes the parts
   */
  MultipartReader(String boundary, Parts parts) {
    this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    this.parts = parts;
  }

  /** Reads on. */
  void read(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      switch (state) {
        case PREAMBLE, CONTENT -> content(bytes);
        case BOUNDARY -> boundary(bytes.get());
        case HEAD -> head(bytes.get());
        case EPILOGUE -> bytes.position(bytes.limit());
      }
    }
  }

  /** Whether the closing boundary was seen. */
  boolean complete() {
    return state == State.EPILOGUE;
  }

  private void content(ByteBuffer bytes) throws IOException {
    int from = bytes.position();
    while (bytes.hasRemaining()) {
      byte next = bytes.get(bytes.position());
      if (next == delimiter[matched]) {
        bytes.get();
        if (matched == 0) {
          pass(bytes, from, bytes.position() - 1);
        }
        if (++matched == delimiter.length) {
          delimited();
          return;
        }
        from = bytes.position();
      } else if (matched > 0) {
        // No boundary after all. Only its first byte is a CR, so nothing before this byte can begin
        // another one, and this byte is looked at again.
        pass(ByteBuffer.wrap(delimiter), 0, matched);
        matched = 0;
      } else {
        bytes.get();
      }
    }
    if (matched == 0) {
      pass(bytes, from, bytes.position());
    }
  }

  private void pass(ByteBuffer bytes, int from, int to) throws IOException {
    if (state == State.CONTENT && from < to) {
      ByteBuffer piece = bytes.duplicate();
      piece.limit(to).position(from);
      parts.content(piece);
    }
  }

  private void delimited() throws IOException {
    if (state == State.CONTENT) {
      parts.end();
    }
    state = State.BOUNDARY;
    matched = 0;
    dashes = 0;
  }

  private void boundary(byte next) {
    if (next == '-') {
      if (++dashes == 2) {
        state = State.EPILOGUE;
      }
    } else if (next == '\n') {
      state = State.HEAD;
      head.reset();
    }
  }

  private void head(byte next) throws IOException {
    head.write(next);
    if (head.size() > MAX_HEAD) {
      throw new IOException("A part's head is longer than " + MAX_HEAD + " bytes");
    }
    if (next == '\n') {
      String text = head.toString(StandardCharsets.UTF_8);
      if (text.equals("\r\n") || text.endsWith("\r\n\r\n")) {
        parts.begin(text);
        state = State.CONTENT;
      }
    }
  }
}

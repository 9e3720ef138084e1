package io.sparkllm.batch.rows;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads lines as bytes. A line that is too long for the heap is skipped and counted. */
final class LineReader implements Closeable {
  /** As the longest answer that is read from a single call. */
  private static final int LONGEST = 64 << 20;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int end;
  private byte[] line = new byte[1 << 12];
  private int length;
  private long tooLong;

  LineReader(InputStream in) {
    this.in = in;
  }

  /** The next line without its end; null behind the last. Blank lines are left out. */
  byte[] next() throws IOException {
    while (true) {
      length = 0;
      boolean whole = true;
      boolean any = false;
      while (true) {
        if (position == end && !fill()) {
          break;
        }
        any = true;
        int from = position;
        while (position < end && buffer[position] != '\n') {
          position++;
        }
        whole &= append(from);
        if (position < end) {
          position++;
          break;
        }
      }
      if (!any) {
        return null;
      }
      if (!whole) {
        tooLong++;
      } else if (!isBlank()) {
        return Arrays.copyOf(line, length);
      }
    }
  }

  private boolean fill() throws IOException {
    position = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  private boolean append(int from) {
    int added = position - from;
    if (length + added > LONGEST) {
      return false;
    }
    if (length + added > line.length) {
      line = Arrays.copyOf(line, Math.max(line.length * 2, length + added));
    }
    System.arraycopy(buffer, from, line, length, added);
    length += added;
    return true;
  }

  private boolean isBlank() {
    for (int i = 0; i < length; i++) {
      if (line[i] > ' ' || line[i] < 0) {
        return false;
      }
    }
    return true;
  }

  /** Lines that were skipped. */
  long tooLong() {
    return tooLong;
  }

  /** The next line, which has to be there. */
  byte[] require() throws IOException {
    byte[] next = next();
    if (next == null) {
      throw new EOFException("A line is missing");
    }
    return next;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

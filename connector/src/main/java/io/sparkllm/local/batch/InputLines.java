package io.sparkllm.local.batch;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Where the lines of a file lie: eight bytes a line, whatever their length. Not thread-safe. */
final class InputLines {
  private static final int PIECE = 65_536;

  /** Takes lines in the order of the file. */
  interface Visitor {
    /**
     * Takes a line.
     *
     * @param line without its line end
     * @return whether to go on
     */
    boolean line(byte[] line);
  }

  private long[] starts = new long[256];
  private int[] lengths = new int[256];
  private int size;

  /** Reads a file once, line by line. */
  void scan(Path file, Visitor visitor) throws IOException {
    byte[] piece = new byte[PIECE];
    ByteArrayOutputStream begun = new ByteArrayOutputStream(PIECE);
    long start = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        int from = 0;
        for (int i = 0; i < read; i++) {
          if (piece[i] == '\n') {
            begun.write(piece, from, i - from);
            from = i + 1;
            long next = start + begun.size() + 1;
            if (!visit(start, begun, visitor)) {
              return;
            }
            start = next;
          }
        }
        begun.write(piece, from, read - from);
      }
    }
    if (begun.size() > 0) {
      visit(start, begun, visitor);
    }
  }

  int size() {
    return size;
  }

  /** Reads one line again; lines are counted from 0. */
  byte[] read(FileChannel file, int line) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(lengths[line]);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, starts[line] + bytes.position()) < 0) {
        throw new EOFException("The input file is shorter than it was");
      }
    }
    return bytes.array();
  }

  private boolean visit(long start, ByteArrayOutputStream begun, Visitor visitor) {
    byte[] line = begun.toByteArray();
    begun.reset();
    int length = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, size * 2);
      lengths = Arrays.copyOf(lengths, size * 2);
    }
    starts[size] = start;
    lengths[size] = length;
    size++;
    return visitor.line(length == line.length ? line : Arrays.copyOf(line, length));
  }
}

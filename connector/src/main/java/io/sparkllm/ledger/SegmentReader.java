package io.sparkllm.ledger;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads segments to the end of their stream, whatever their length is said to be. Not thread-safe.
 */
final class SegmentReader {
  /**
   * What was found in a segment.
   *
   * @param bytes its length
   * @param lines whole lines
   * @param damaged lines that are not as they were written
   * @param firstDamaged number of the first of them, from 1; 0 where there is none
   * @param torn whether it ends in the middle of a line
   */
  record Found(long bytes, long lines, long damaged, long firstDamaged, boolean torn) {}

  private static final int BLOCK = 1 << 18;

  /** A text of the greatest length, all of it escaped, with room for what stands around it. */
  private static final int MAX_LINE = 6 * EntryWriter.MAX_TEXT + (8 << 20);

  private byte[] buffer = new byte[BLOCK];
  private int end;
  private long bytes;
  private long lines;
  private long damaged;
  private long firstDamaged;

  /** Bytes of a line that is longer than any can be are passed over. */
  private boolean skipping;

  /** Gives each whole line to a sink. */
  Found read(InputStream in, LineSink sink) throws IOException {
    end = 0;
    bytes = 0;
    lines = 0;
    damaged = 0;
    firstDamaged = 0;
    skipping = false;
    int count;
    while ((count = in.read(buffer, end, buffer.length - end)) >= 0) {
      int unseen = end;
      end += count;
      bytes += count;
      takeLines(unseen, sink);
      makeRoom();
    }
    boolean torn = end > 0 || skipping;
    if (buffer.length > 16 * BLOCK) {
      buffer = new byte[BLOCK];
    }
    return new Found(bytes, lines, damaged, firstDamaged, torn);
  }

  private void takeLines(int unseen, LineSink sink) {
    int begin = 0;
    for (int i = unseen; i < end; i++) {
      if (buffer[i] == '\n') {
        take(begin, i, sink);
        begin = i + 1;
      }
    }
    System.arraycopy(buffer, begin, buffer, 0, end - begin);
    end -= begin;
  }

  private void take(int begin, int lineEnd, LineSink sink) {
    if (skipping) {
      skipping = false;
    } else if (Line.isWhole(buffer, begin, lineEnd)) {
      lines++;
      sink.line(buffer, begin, lineEnd);
    } else {
      damaged();
    }
  }

  private void damaged() {
    damaged++;
    if (firstDamaged == 0) {
      firstDamaged = lines + damaged;
    }
  }

  private void makeRoom() {
    if (end < buffer.length) {
      return;
    }
    if (end >= MAX_LINE) {
      if (!skipping) {
        damaged();
      }
      skipping = true;
      end = 0;
    } else {
      byte[] larger = new byte[(int) Math.min(MAX_LINE, 2L * buffer.length)];
      System.arraycopy(buffer, 0, larger, 0, end);
      buffer = larger;
    }
  }
}

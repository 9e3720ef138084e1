package io.sparkllm.ledger;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One segment while it is written. Not thread-safe. */
final class SegmentWriter {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentWriter.class);

  private final LedgerFiles files;
  private final Storage storage;
  private final Path closed;
  private final Path open;
  private final FSDataOutputStream out;
  private long bytes;
  private long flushed;

  /** Makes the file. */
  SegmentWriter(LedgerFiles files, Storage storage, int bucket, String name) throws IOException {
    this.files = files;
    this.storage = storage;
    this.closed = new Path(files.bucket(bucket), name);
    this.open = storage.showsOpen() ? closed.suffix(SegmentName.open("")) : closed;
    this.out = files.create(open);
  }

  void write(EntryWriter line) throws IOException {
    line.writeTo(out);
    bytes += line.length();
  }

  /** Writes a line that was read. */
  void write(byte[] line) throws IOException {
    out.write(line);
    out.write('\n');
    bytes += line.length + 1;
  }

  long bytes() {
    return bytes;
  }

  /** Makes what was written durable, where the file system can before the end. */
  void flush() throws IOException {
    if (storage.flushes() && flushed < bytes) {
      out.hflush();
      flushed = bytes;
    }
  }

  /** Ends the segment: it is durable and has its final name. */
  void close() throws IOException {
    out.close();
    if (open.equals(closed)) {
      return;
    }
    try {
      files.rename(open, closed);
    } catch (IOException e) {
      // Nothing is lost: readers take it under this name too, and so does a later compaction.
      LOG.warn("The checkpoint's segment {} keeps its name: {}", open, e.getMessage());
    }
  }

  /**
   * Ends the segment, or fails where not all of it is there: what it replaces is about to be
   * deleted.
   */
  void closeWhole() throws IOException {
    close();
    Path path = files.exists(closed) ? closed : open;
    long length = files.length(path);
    if (length != bytes) {
      throw new IOException(
          String.format("%s has %d bytes after %d were written", path, length, bytes));
    }
  }

  /** Gives up, and removes what was written. */
  void discard() {
    abandon();
    try {
      files.delete(open);
    } catch (IOException e) {
      LOG.debug("{} cannot be removed", open, e);
    }
  }

  /** Gives up after a failure: what was durable stays, under the name of an open segment. */
  void abandon() {
    try {
      out.close();
    } catch (IOException e) {
      LOG.debug("Closing {} failed too", open, e);
    }
  }
}

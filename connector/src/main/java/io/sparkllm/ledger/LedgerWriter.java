package io.sparkllm.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Appends entries to segments of its own, one for each bucket at a time. A segment ends at 16 MB,
 * or after 60 s where a file is not there before it is closed (after an hour elsewhere). After a
 * failure it takes nothing more, and what was durable stays. Not thread-safe.
 */
public final class LedgerWriter implements AutoCloseable {
  private static final long MAX_BYTES = 16 << 20;
  private static final long MAX_AGE_UNTIL_VISIBLE = TimeUnit.SECONDS.toNanos(60);

  /** Far below the 48 hours after which an open segment counts as left behind. */
  private static final long MAX_AGE = TimeUnit.HOURS.toNanos(1);

  private record Open(SegmentWriter segment, long sinceNanos) {}

  private final Ledger ledger;
  private final LedgerFiles files;
  private final Storage storage;
  private final LongSupplier nanoTime;
  private final EntryWriter line = new EntryWriter();
  private final Map<Integer, Open> segments = new HashMap<>();
  private IOException broken;

  LedgerWriter(Ledger ledger, LedgerFiles files, Storage storage, LongSupplier nanoTime) {
    this.ledger = ledger;
    this.files = files;
    this.storage = storage;
    this.nanoTime = nanoTime;
  }

  /**
   * Whether {@link #flush} makes entries durable before their segment is closed.
   *
   * @return false on object stores
   */
  public boolean flushes() {
    return storage.flushes();
  }

  /** The ledger that it writes to. */
  Ledger ledger() {
    return ledger;
  }

  /**
   * Appends an entry to its bucket's segment; durable after the next {@link #flush}, {@link #leave}
   * or {@link #close}.
   *
   * @param entry the entry
   * @throws IOException when it cannot be written, or an earlier one could not
   */
  public void append(Entry entry) throws IOException {
    requireWhole();
    int bucket = ledger.bucketOf(entry.fingerprint());
    try {
      line.encode(entry);
      Open open = segments.get(bucket);
      if (open == null) {
        SegmentWriter segment = new SegmentWriter(files, storage, bucket, SegmentName.next());
        open = new Open(segment, nanoTime.getAsLong());
        segments.put(bucket, open);
      }
      open.segment.write(line);
      if (open.segment.bytes() >= MAX_BYTES) {
        end(bucket);
      }
    } catch (IOException e) {
      throw fail(e);
    }
  }

  /**
   * Makes all entries durable, where the file system can before a file is closed, and ends segments
   * that are old enough. Call it once a second or more often.
   *
   * @throws IOException when that fails, or an earlier step did
   */
  public void flush() throws IOException {
    requireWhole();
    try {
      for (Open open : segments.values()) {
        open.segment.flush();
      }
      endOld();
    } catch (IOException e) {
      throw fail(e);
    }
  }

  private void endOld() throws IOException {
    long age = storage.flushes() ? MAX_AGE : MAX_AGE_UNTIL_VISIBLE;
    long now = nanoTime.getAsLong();
    List<Integer> old = new ArrayList<>();
    segments.forEach(
        (bucket, open) -> {
          if (now - open.sinceNanos >= age) {
            old.add(bucket);
          }
        });
    for (int bucket : old) {
      end(bucket);
    }
  }

  /**
   * Ends a bucket's segment, if it has one. A later entry of the bucket begins another.
   *
   * @param bucket the bucket
   * @throws IOException when that fails, or an earlier step did
   */
  public void leave(int bucket) throws IOException {
    requireWhole();
    try {
      end(bucket);
    } catch (IOException e) {
      throw fail(e);
    }
  }

  private void end(int bucket) throws IOException {
    Open open = segments.remove(bucket);
    if (open != null) {
      open.segment.close();
    }
  }

  /**
   * Ends all segments. After a failure it only frees them.
   *
   * @throws IOException when one cannot be ended
   */
  @Override
  public void close() throws IOException {
    try {
      for (int bucket : List.copyOf(segments.keySet())) {
        if (broken == null) {
          end(bucket);
        }
      }
    } catch (IOException e) {
      throw fail(e);
    } finally {
      segments.values().forEach(open -> open.segment.abandon());
      segments.clear();
    }
  }

  private void requireWhole() throws IOException {
    if (broken != null) {
      // A line behind a half-written one would be lost with it.
      throw new IOException(broken.getMessage(), broken);
    }
  }

  private IOException fail(IOException cause) {
    broken =
        new IOException(
            String.format(
                "Cannot write to the checkpoint %s: %s; what was written before is kept",
                ledger.directory(), Messages.of(cause)),
            cause);
    return broken;
  }
}

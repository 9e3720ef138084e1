package io.sparkllm.ledger;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compacts a ledger, one bucket after the other, in bounded memory. Not thread-safe. */
final class Vacuum {
  private static final Logger LOG = LoggerFactory.getLogger(Vacuum.class);

  /** The longest {@code rowTimeout}: an open segment that is younger may have its writer yet. */
  private static final long LEFT_BEHIND_MILLIS = TimeUnit.HOURS.toMillis(48);

  private final LedgerFiles files;
  private final Storage storage;
  private final LongSupplier clock;
  private final long sliceBytes;
  private long entries;
  private long superseded;
  private long segmentsBefore;
  private long segmentsAfter;
  private long bytesBefore;
  private long bytesAfter;
  private long torn;
  private long damaged;
  private long unreadable;

  /**
   * A compaction.
   *
   * @param clock milliseconds since 1970
   * @param sliceBytes memory for lines
   */
  Vacuum(LedgerFiles files, Storage storage, LongSupplier clock, long sliceBytes) {
    this.files = files;
    this.storage = storage;
    this.clock = clock;
    this.sliceBytes = sliceBytes;
  }

  /** A quarter of the heap, as nothing else runs then: each slice reads the whole bucket. */
  static long sliceBytes() {
    return Math.max(
        BucketReader.SLICE_BYTES, Math.min(512L << 20, Runtime.getRuntime().maxMemory() / 4));
  }

  VacuumReport run(int buckets) throws IOException {
    for (int bucket = 0; bucket < buckets; bucket++) {
      compact(bucket);
    }
    return new VacuumReport(
        entries,
        Math.max(0, superseded),
        segmentsBefore,
        segmentsAfter,
        bytesBefore,
        bytesAfter,
        torn,
        damaged,
        unreadable);
  }

  private void compact(int bucket) throws IOException {
    List<FileStatus> before = files.segments(bucket, storage);
    segmentsBefore += before.size();
    bytesBefore += bytes(before);
    List<FileStatus> after = before;
    if (!isCompact(before.stream().filter(this::isFinished).toList())) {
      for (Path old : rewrite(bucket)) {
        files.delete(old);
      }
      after = files.segments(bucket, storage);
    }
    segmentsAfter += after.size();
    bytesAfter += bytes(after);
  }

  private List<FileStatus> finished(int bucket) throws IOException {
    return files.segments(bucket, storage).stream().filter(this::isFinished).toList();
  }

  private boolean isFinished(FileStatus status) {
    return !SegmentName.isOpen(status.getPath().getName())
        || clock.getAsLong() - status.getModificationTime() > LEFT_BEHIND_MILLIS;
  }

  private static boolean isCompact(List<FileStatus> segments) {
    return segments.isEmpty()
        || (segments.size() == 1 && SegmentName.isSorted(segments.get(0).getPath().getName()));
  }

  private static long bytes(List<FileStatus> segments) {
    return segments.stream().mapToLong(FileStatus::getLen).sum();
  }

  /** Writes the new segment; the result is what stands in it in full. */
  private Set<Path> rewrite(int bucket) throws IOException {
    BucketScan scan = new BucketScan(files);
    SegmentWriter out = new SegmentWriter(files, storage, bucket, SegmentName.nextSorted());
    try {
      Set<Path> whole = null;
      byte[] from = null;
      do {
        Slice slice = new Slice(from, sliceBytes);
        // Listed again for each slice: what another compaction took away stands in its new segment.
        scan.run(() -> finished(bucket), slice);
        for (byte[] line : slice.lines()) {
          out.write(line);
        }
        entries += slice.lines().size();
        superseded -= slice.lines().size();
        if (whole == null) {
          whole = new HashSet<>(scan.read());
          count(scan);
        } else {
          whole.retainAll(scan.read());
        }
        from = slice.next();
      } while (from != null);
      if (out.bytes() == 0) {
        out.discard();
      } else {
        out.closeWhole();
      }
      return whole;
    } catch (IOException | RuntimeException e) {
      out.discard();
      throw e;
    }
  }

  private void count(BucketScan scan) {
    superseded += scan.lines();
    torn += scan.tornTails();
    damaged += scan.damagedLines();
    unreadable += scan.unreadableSegments();
    if (scan.troubles() != null) {
      LOG.warn("Left out of the compacted checkpoint {}: {}", files.root(), scan.troubles());
    }
  }
}

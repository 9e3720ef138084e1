package io.sparkllm.ledger;

import io.sparkllm.openai.ErrorType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts a ledger, one bucket after the other, in bounded memory. */
final class StatsCollector {
  private static final Logger LOG = LoggerFactory.getLogger(StatsCollector.class);

  private final Map<String, Long> errors = new TreeMap<>();
  private long answers;
  private long lines;
  private long segments;
  private long openSegments;
  private long bytes;
  private long torn;
  private long damaged;
  private long unreadable;

  private StatsCollector() {}

  static LedgerStats collect(LedgerFiles files, Storage storage, int buckets) throws IOException {
    StatsCollector counts = new StatsCollector();
    for (int bucket = 0; bucket < buckets; bucket++) {
      counts.add(files, storage, bucket);
    }
    long failed = counts.errors.values().stream().mapToLong(Long::longValue).sum();
    return new LedgerStats(
        counts.answers,
        counts.errors,
        Math.max(0, counts.lines - counts.answers - failed),
        counts.segments,
        counts.openSegments,
        counts.bytes,
        counts.torn,
        counts.damaged,
        counts.unreadable);
  }

  private void add(LedgerFiles files, Storage storage, int bucket) throws IOException {
    BucketScan scan = new BucketScan(files);
    byte[] from = null;
    do {
      Slice slice = new Slice(from, BucketReader.SLICE_BYTES);
      List<FileStatus> listed = files.segments(bucket, storage);
      scan.run(() -> files.segments(bucket, storage), slice);
      if (from == null) {
        count(files, scan, listed);
      }
      slice.lines().forEach(this::count);
      from = slice.next();
    } while (from != null);
  }

  private void count(byte[] line) {
    if (Line.isAnswer(line)) {
      answers++;
      return;
    }
    ErrorType type = EntryReader.errorType(line);
    errors.merge(type == null ? "unknown" : type.wireName(), 1L, Long::sum);
  }

  private void count(LedgerFiles files, BucketScan scan, List<FileStatus> listed) {
    lines += scan.lines();
    bytes += scan.bytes();
    torn += scan.tornTails();
    damaged += scan.damagedLines();
    unreadable += scan.unreadableSegments();
    segments += listed.size();
    openSegments +=
        listed.stream().filter(status -> SegmentName.isOpen(status.getPath().getName())).count();
    if (scan.troubles() != null) {
      LOG.warn("Skipped in the checkpoint {}: {}", files.root(), scan.troubles());
    }
  }
}

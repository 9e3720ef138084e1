package io.sparkllm.ledger;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the entries of one bucket: the newest answer of a fingerprint, or else its newest error. It
 * keeps at most 32 MB of them in memory and reads a larger bucket in ranges of fingerprints, so ask
 * in ascending order; any other order is right, and slow. Not thread-safe; holds no open file.
 */
public final class BucketReader {
  private static final Logger LOG = LoggerFactory.getLogger(BucketReader.class);

  /** Memory for lines: what each of many tasks of an executor can spare. */
  static final long SLICE_BYTES = 32 << 20;

  private final LedgerFiles files;
  private final Storage storage;
  private final int bucket;
  private final long sliceBytes;
  private final BucketScan scan;
  private Slice slice;
  private boolean warned;

  BucketReader(LedgerFiles files, Storage storage, int bucket, long sliceBytes) throws IOException {
    this.files = files;
    this.storage = storage;
    this.bucket = bucket;
    this.sliceBytes = sliceBytes;
    this.scan = new BucketScan(files);
    load(null);
  }

  /**
   * Looks for the entry that counts.
   *
   * @param fingerprint a fingerprint of this bucket, not less than the one before
   * @return the entry; null where there is none
   * @throws IOException when the bucket cannot be listed
   * @throws IllegalArgumentException when it is no fingerprint
   */
  public Entry find(String fingerprint) throws IOException {
    byte[] probe = Line.probe(Fingerprints.require(fingerprint));
    if (!slice.covers(probe)) {
      load(probe);
    }
    byte[] line = slice.find(probe);
    return line == null ? null : EntryReader.entry(line);
  }

  /** Memory that its lines take. */
  long heldBytes() {
    return slice.bytes();
  }

  private void load(byte[] from) throws IOException {
    // The last one first, or both would be in memory.
    slice = null;
    Slice next = new Slice(from, sliceBytes);
    scan.run(() -> files.segments(bucket, storage), next);
    slice = next;
    String troubles = scan.troubles();
    if (troubles != null && !warned) {
      warned = true;
      LOG.warn(
          "Skipped in the checkpoint {}, so that these rows are asked again: {}",
          files.root(),
          troubles);
    }
  }

  /**
   * Lines that are not as they were written, and were skipped.
   *
   * @return their number in this bucket
   */
  public long damagedLines() {
    return scan.damagedLines();
  }

  /**
   * Segments that end in the middle of a line, as a killed writer leaves them; that line is
   * dropped.
   *
   * @return their number in this bucket
   */
  public long tornTails() {
    return scan.tornTails();
  }

  /**
   * Segments that could not be read to their end; what came before counts.
   *
   * @return their number in this bucket
   */
  public long unreadableSegments() {
    return scan.unreadableSegments();
  }
}

package io.sparkllm.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Reads all segments of a bucket, and counts what it could not read. Not thread-safe. */
final class BucketScan {
  /** Somebody who makes segments vanish so often is no compaction. */
  private static final int ROUNDS = 20;

  /** How many of the troubles a warning names. */
  private static final int NAMED = 5;

  /** What lists the segments, again where one has vanished. */
  interface Listing {
    List<FileStatus> list() throws IOException;
  }

  private final LedgerFiles files;
  private final SegmentReader reader = new SegmentReader();
  private final List<String> troubles = new ArrayList<>();
  private final Set<Path> read = new HashSet<>();
  private long lines;
  private long bytes;
  private long damaged;
  private long torn;
  private long unreadable;

  BucketScan(LedgerFiles files) {
    this.files = files;
  }

  /**
   * Gives all whole lines to a sink. Where a segment vanishes meanwhile, it was put into a new one,
   * and that is read too.
   */
  void run(Listing listing, LineSink sink) throws IOException {
    lines = 0;
    bytes = 0;
    damaged = 0;
    torn = 0;
    unreadable = 0;
    troubles.clear();
    read.clear();
    Set<Path> seen = new HashSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      boolean vanished = false;
      for (FileStatus status : listing.list()) {
        if (!seen.contains(status.getPath())) {
          if (isThere(status.getPath(), sink)) {
            seen.add(status.getPath());
          } else {
            vanished = true;
          }
        }
      }
      if (!vanished) {
        return;
      }
    }
    throw new IOException(
        "Segments of the checkpoint " + files.root() + " vanish while they are read");
  }

  /** Reads a segment; false when it has vanished. */
  private boolean isThere(Path path, LineSink sink) throws IOException {
    try (InputStream in = files.open(path)) {
      count(path, reader.read(in, sink));
      read.add(path);
    } catch (IOException e) {
      if (!files.exists(path)) {
        return false;
      }
      unreadable++;
      troubles.add(name(path) + " cannot be read: " + Messages.of(e));
    }
    return true;
  }

  private void count(Path path, SegmentReader.Found found) {
    lines += found.lines();
    bytes += found.bytes();
    damaged += found.damaged();
    torn += found.torn() ? 1 : 0;
    if (found.damaged() > 0) {
      troubles.add(
          String.format(
              "%s has %d damaged lines, the first is line %d",
              name(path), found.damaged(), found.firstDamaged()));
    }
  }

  private static String name(Path path) {
    return path.getParent().getName() + "/" + path.getName();
  }

  /** The segments that were read to their end. */
  Set<Path> read() {
    return Set.copyOf(read);
  }

  /** Whole lines. */
  long lines() {
    return lines;
  }

  long bytes() {
    return bytes;
  }

  long damagedLines() {
    return damaged;
  }

  /** Segments that end in the middle of a line. */
  long tornTails() {
    return torn;
  }

  /** Segments that are there and could not be read to their end. */
  long unreadableSegments() {
    return unreadable;
  }

  /** What was skipped, by name, in one line; null where nothing was. */
  String troubles() {
    if (troubles.isEmpty()) {
      return null;
    }
    String named = String.join("; ", troubles.subList(0, Math.min(NAMED, troubles.size())));
    return troubles.size() <= NAMED
        ? named
        : named + "; and " + (troubles.size() - NAMED) + " more";
  }
}

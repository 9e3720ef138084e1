package io.sparkllm.ledger;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

/** The names of segments: unique, and they tell what state a segment is in. */
final class SegmentName {
  private static final String CLOSED = ".jsonl";
  private static final String SORTED = ".sorted" + CLOSED;
  private static final String OPEN = ".open";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private SegmentName() {}

  /** A new segment of answers as they come. */
  static String next() {
    return unique() + CLOSED;
  }

  /** A new segment in the order of fingerprints, each but once. */
  static String nextSorted() {
    return unique() + SORTED;
  }

  private static String unique() {
    // The time is for people who look at the directory; nothing relies on it.
    return TIME.format(Instant.now()) + "-" + UUID.randomUUID();
  }

  /** Its name while it is written, where others see it then. */
  static String open(String name) {
    return name + OPEN;
  }

  static boolean isOpen(String name) {
    return name.endsWith(OPEN);
  }

  static boolean isSorted(String name) {
    return name.endsWith(SORTED);
  }

  static boolean isOne(String name) {
    return (name.endsWith(CLOSED) || name.endsWith(CLOSED + OPEN)) && !name.startsWith(".");
  }
}

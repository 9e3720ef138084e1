package io.sparkllm.ledger;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a ledger holds.
 *
 * @param answers fingerprints with an answer
 * @param errors fingerprints with an error only, by {@code error.type}, sorted by name
 * @param superseded entries that do not count, as a better one of their fingerprint is there
 * @param segments files with entries
 * @param openSegments those among them that are being written, or that a killed writer left
 * @param bytes their length
 * @param tornTails segments that end in the middle of a line, which is dropped
 * @param damagedLines lines that are not as they were written, and are skipped
 * @param unreadableSegments segments that could not be read to their end
 */
public record LedgerStats(
    long answers,
    Map<String, Long> errors,
    long superseded,
    long segments,
    long openSegments,
    long bytes,
    long tornTails,
    long damagedLines,
    long unreadableSegments) {
  /** Keeps the errors as they are now, in their order. */
  public LedgerStats {
    errors = Collections.unmodifiableMap(new LinkedHashMap<>(errors));
  }
}

package io.sparkllm.ledger;

import java.io.IOException;

/**
 * Finds entries of one bucket after the other: ask in ascending order, and each bucket is read
 * once. Not thread-safe; holds no open file.
 */
public final class LedgerLookup {
  private final Ledger ledger;
  private BucketReader reader;
  private int bucket = -1;

  LedgerLookup(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Looks for the entry that counts.
   *
   * @param fingerprint a fingerprint
   * @return the newest answer, or else the newest error; null where there is neither
   * @throws IOException when its bucket cannot be listed
   * @throws IllegalArgumentException when it is no fingerprint
   */
  public Entry find(String fingerprint) throws IOException {
    int asked = ledger.bucketOf(fingerprint);
    if (asked != bucket) {
      reader = ledger.read(asked);
      bucket = asked;
    }
    return reader.find(fingerprint);
  }
}

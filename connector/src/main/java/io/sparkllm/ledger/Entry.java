package io.sparkllm.ledger;

import io.sparkllm.openai.Outcome;
import java.util.Objects;

/**
 * What is known of one row's request: its answer, or why there is none. Immutable.
 *
 * @param fingerprint SHA-256 of the request, as 64 lower-case hexadecimal digits
 * @param outcome the answer or the error
 * @param attempts calls that were made for it, from 0
 * @param latencyMillis milliseconds that the last call took, from 0
 * @param batchId the Batch API's batch that it came from; null where it came from another call
 * @param atMillis when it came, in milliseconds since 1970; the newest of several counts
 */
public record Entry(
    String fingerprint,
    Outcome outcome,
    int attempts,
    long latencyMillis,
    String batchId,
    long atMillis) {
  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when the fingerprint is none, or a number is negative
   * @throws NullPointerException when the fingerprint or the outcome is null
   */
  public Entry {
    Fingerprints.require(fingerprint);
    Objects.requireNonNull(outcome, "outcome");
    if (attempts < 0 || latencyMillis < 0 || atMillis < 0) {
      throw new IllegalArgumentException(
          String.format(
              "Negative number in a ledger's entry: attempts %d, latencyMillis %d, atMillis %d",
              attempts, latencyMillis, atMillis));
    }
  }

  /** Tells no answer and no message: it may land in a log. */
  @Override
  public String toString() {
    return "Entry[" + fingerprint + ", " + outcome.getClass().getSimpleName() + "]";
  }
}

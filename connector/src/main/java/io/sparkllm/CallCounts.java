package io.sparkllm;

import java.io.Serializable;

/**
 * What has happened so far, for a progress line.
 *
 * @param rows rows finished
 * @param errors rows that ended with an error
 * @param calls calls made
 * @param retries calls made again for a row
 * @param promptTokens tokens of prompts
 * @param completionTokens tokens of answers
 * @param throttledMillis milliseconds that calls waited for a rate limit
 * @param recalled rows whose answer or error came from the checkpoint
 * @param duplicates rows that shared what an equal row was asked
 * @param cachedTokens tokens of prompts, among {@code promptTokens}, from the service's cache
 */
public record CallCounts(
    long rows,
    long errors,
    long calls,
    long retries,
    long promptTokens,
    long completionTokens,
    long throttledMillis,
    long recalled,
    long duplicates,
    long cachedTokens)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Nothing yet. */
  public static final CallCounts ZERO = new CallCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /**
   * Adds two counts.
   *
   * @param more the other
   * @return the sums
   */
  public CallCounts plus(CallCounts more) {
    return new CallCounts(
        rows + more.rows,
        errors + more.errors,
        calls + more.calls,
        retries + more.retries,
        promptTokens + more.promptTokens,
        completionTokens + more.completionTokens,
        throttledMillis + more.throttledMillis,
        recalled + more.recalled,
        duplicates + more.duplicates,
        cachedTokens + more.cachedTokens);
  }

  /**
   * The counts as numbers, in the order of the fields; what travels between JVMs.
   *
   * @return ten numbers
   */
  public long[] toArray() {
    return new long[] {
      rows,
      errors,
      calls,
      retries,
      promptTokens,
      completionTokens,
      throttledMillis,
      recalled,
      duplicates,
      cachedTokens
    };
  }

  /**
   * The reverse of {@link #toArray}.
   *
   * @param numbers ten numbers
   * @return the counts
   */
  public static CallCounts of(long[] numbers) {
    return new CallCounts(
        numbers[0],
        numbers[1],
        numbers[2],
        numbers[3],
        numbers[4],
        numbers[5],
        numbers[6],
        numbers[7],
        numbers[8],
        numbers[9]);
  }
}

package io.sparkllm.engine;

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
 */
public record CallCounts(
    long rows,
    long errors,
    long calls,
    long retries,
    long promptTokens,
    long completionTokens,
    long throttledMillis)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Nothing yet. */
  public static final CallCounts ZERO = new CallCounts(0, 0, 0, 0, 0, 0, 0);

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
        throttledMillis + more.throttledMillis);
  }
}

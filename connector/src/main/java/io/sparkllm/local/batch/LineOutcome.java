package io.sparkllm.local.batch;

/**
 * What became of a line.
 *
 * @param form how it is written down
 * @param status HTTP status of the answer; 200 goes to the output file, any other to the error file
 * @param body the answer, one line of JSON
 * @param promptTokens as told in the answer's {@code usage}
 * @param completionTokens as told in the answer's {@code usage}
 */
public record LineOutcome(
    Form form, int status, String body, int promptTokens, int completionTokens) {

  /** How a line's result is written down. */
  public enum Form {
    /** Once, as it should be. */
    WHOLE,
    /** Twice, word for word. */
    DOUBLED,
    /** The first half of its line. */
    CUT,
    /** Not at all; it has not run. */
    OMITTED,
    /** As {@code request_timeout}, without a response. */
    TIMED_OUT
  }

  /**
   * A line without an answer.
   *
   * @param form omitted or timed out
   * @return without status and body
   */
  public static LineOutcome without(Form form) {
    return new LineOutcome(form, 0, "", 0, 0);
  }

  /**
   * A line that failed.
   *
   * @param form how it is written down
   * @param status HTTP status, 0 as services were seen to write
   * @param body the error, one line of JSON
   * @return without tokens
   */
  public static LineOutcome failed(Form form, int status, String body) {
    return new LineOutcome(form, status, body, 0, 0);
  }
}

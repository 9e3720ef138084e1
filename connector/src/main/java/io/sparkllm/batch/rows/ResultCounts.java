package io.sparkllm.batch.rows;

/**
 * What became of the requests of batches. Immutable.
 *
 * @param answers requests with an answer
 * @param errors requests with an error, of whatever kind
 * @param again of these: errors that may pass, missing ones and fatal ones among them
 * @param missing requests of which the results say nothing
 * @param doubles lines beyond the first of a request
 * @param strangers lines of requests that were not in the batch
 * @param unreadable lines that cannot be read
 * @param fatal errors that every further row would share
 * @param fatalMessage what the service said of one of them; null where there is none
 */
public record ResultCounts(
    long answers,
    long errors,
    long again,
    long missing,
    long doubles,
    long strangers,
    long unreadable,
    long fatal,
    String fatalMessage) {
  /** Nothing. */
  public static final ResultCounts NONE = new ResultCounts(0, 0, 0, 0, 0, 0, 0, 0, null);

  /**
   * Both together.
   *
   * @param other others
   * @return the sums
   */
  public ResultCounts plus(ResultCounts other) {
    return new ResultCounts(
        answers + other.answers,
        errors + other.errors,
        again + other.again,
        missing + other.missing,
        doubles + other.doubles,
        strangers + other.strangers,
        unreadable + other.unreadable,
        fatal + other.fatal,
        fatalMessage == null ? other.fatalMessage : fatalMessage);
  }
}

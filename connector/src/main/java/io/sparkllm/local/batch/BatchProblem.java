package io.sparkllm.local.batch;

/**
 * One entry of a batch's {@code errors.data}.
 *
 * @param code e.g. {@code duplicate_custom_id}
 * @param message one English sentence
 * @param param the offending field; null = none
 * @param line counted from 1; 0 = the whole batch
 */
public record BatchProblem(String code, String message, String param, long line) {
  /**
   * The same problem, of a line.
   *
   * @param number counted from 1
   * @return with the line's number
   */
  public BatchProblem at(long number) {
    return new BatchProblem(code, message, param, number);
  }
}

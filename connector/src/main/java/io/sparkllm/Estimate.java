package io.sparkllm;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;

/**
 * What a run would take, made without a call. Immutable.
 *
 * @param rows rows of the input
 * @param unfit rows that cannot be asked, and get their error without a call
 * @param kept rows whose answer the checkpoint holds
 * @param shared rows that share the answer of an equal one
 * @param requests requests, with as many rows in each as {@code batchSize} allows
 * @param promptTokens tokens of the prompts
 * @param completionTokens tokens of the answers
 * @param cost dollars of calls that are answered at once; null where the price is unknown
 * @param flexCost dollars with flex processing; null where the price is unknown
 * @param batchCost dollars through the Batch API; null where the price is unknown
 * @param time how long the calls take, at least; null in {@code mode=batch}
 * @param limitedBy what makes it take so long: an option's name, or {@code concurrency}
 * @param assumptions what the numbers go by, a sentence each, with the errors to expect
 */
public record Estimate(
    long rows,
    long unfit,
    long kept,
    long shared,
    long requests,
    long promptTokens,
    long completionTokens,
    BigDecimal cost,
    BigDecimal flexCost,
    BigDecimal batchCost,
    Duration time,
    String limitedBy,
    List<String> assumptions) {
  /** Copies the list. */
  public Estimate {
    assumptions = List.copyOf(assumptions);
  }

  /**
   * Prompts and answers together.
   *
   * @return tokens
   */
  public long totalTokens() {
    return promptTokens + completionTokens;
  }
}

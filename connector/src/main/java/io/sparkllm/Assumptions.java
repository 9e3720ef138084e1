package io.sparkllm;

import io.sparkllm.cost.TokenCounter;
import java.time.Duration;

/**
 * What an estimate goes by where nothing is known before the calls. Immutable.
 *
 * @param sample the part of the rows that is looked at, above 0; 1 for all
 * @param answerTokens tokens of an answer; null for {@code maxTokens}, or 256 where it is not set
 * @param latency how long a call takes
 * @param counter counts the tokens of prompts
 */
public record Assumptions(
    double sample, Long answerTokens, Duration latency, TokenCounter counter) {
  /** All rows, answers by {@code maxTokens}, two seconds a call, tokens by characters. */
  public static final Assumptions USUAL =
      new Assumptions(1, null, Duration.ofSeconds(2), TokenCounter.byCharacters());

  /** Checks the numbers. */
  public Assumptions {
    if (!(sample > 0 && sample <= 1)) {
      throw new IllegalArgumentException(
          "The sample is " + sample + "; allowed: a number above 0, up to 1");
    }
    if (answerTokens != null && answerTokens < 0) {
      throw new IllegalArgumentException(
          "The tokens of an answer are " + answerTokens + "; allowed: numbers from 0");
    }
    if (latency.isNegative() || latency.isZero()) {
      throw new IllegalArgumentException("The latency is " + latency + "; allowed: a time above 0");
    }
  }
}

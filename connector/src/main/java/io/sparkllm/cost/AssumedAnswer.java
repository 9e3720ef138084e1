package io.sparkllm.cost;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;

/**
 * How long an answer is taken to be before there is one.
 *
 * @param tokens tokens of one answer
 * @param why where the number comes from, for the reader of an estimate
 */
public record AssumedAnswer(long tokens, String why) {
  private static final int USUAL = 256;

  /**
   * The length that follows from options.
   *
   * @param options the options
   * @param maxTokens the limit of an answer; null where none is set
   * @return the limit where there is one; nothing for APIs that give no text; else 256
   */
  public static AssumedAnswer of(LlmOptions options, Integer maxTokens) {
    if (options.get(Options.API).takesInputs()) {
      return new AssumedAnswer(0, "the API bills no answers");
    }
    return maxTokens == null
        ? new AssumedAnswer(USUAL, "assumed, as maxTokens is not set")
        : new AssumedAnswer(maxTokens, "maxTokens, the most that they may be");
  }

  /**
   * A length that the user knows.
   *
   * @param tokens tokens of one answer
   * @return the length
   */
  public static AssumedAnswer given(long tokens) {
    return new AssumedAnswer(tokens, "as given");
  }
}

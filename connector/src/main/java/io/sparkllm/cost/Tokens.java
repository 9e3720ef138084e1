package io.sparkllm.cost;

import java.io.Serializable;

/**
 * Tokens as services bill them.
 *
 * @param prompt tokens of prompts, the cached ones included
 * @param cached tokens of prompts that came from the service's cache
 * @param completion tokens of answers, hidden reasoning included
 */
public record Tokens(long prompt, long cached, long completion) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** None. */
  public static final Tokens ZERO = new Tokens(0, 0, 0);

  /**
   * Adds two amounts.
   *
   * @param more the other
   * @return the sums
   */
  public Tokens plus(Tokens more) {
    return new Tokens(prompt + more.prompt, cached + more.cached, completion + more.completion);
  }

  /**
   * What is in this amount and not in an earlier one.
   *
   * @param before the earlier amount
   * @return the differences
   */
  public Tokens minus(Tokens before) {
    return new Tokens(
        prompt - before.prompt, cached - before.cached, completion - before.completion);
  }

  /**
   * The same amount several times.
   *
   * @param factor how often
   * @return the products
   */
  public Tokens times(long factor) {
    return new Tokens(prompt * factor, cached * factor, completion * factor);
  }

  /**
   * Prompts and answers together.
   *
   * @return tokens
   */
  public long total() {
    return prompt + completion;
  }
}

package io.sparkllm.openai;

import java.util.ArrayList;
import java.util.List;

/** Shares the tokens of one request out among its rows, so that the sums stay exact. */
final class UsageShares {
  private UsageShares() {}

  /**
   * The rows' shares.
   *
   * @param total what the service counted for all
   * @param promptWeights what each row's part of the prompt weighs, from 0
   * @param answerWeights what each row's part of the answer weighs, from 0
   */
  static List<Usage> of(Usage total, long[] promptWeights, long[] answerWeights) {
    Long[] prompt = shares(total.promptTokens(), promptWeights);
    Long[] cached = shares(total.cachedTokens(), promptWeights);
    Long[] completion = shares(total.completionTokens(), answerWeights);
    // Where both parts are told, their sum is the whole, for each row too.
    boolean parts = total.promptTokens() != null && total.completionTokens() != null;
    Long[] all = parts ? null : shares(total.totalTokens(), promptWeights);
    List<Usage> shares = new ArrayList<>(promptWeights.length);
    for (int i = 0; i < promptWeights.length; i++) {
      Long sum = total.totalTokens() == null ? null : parts ? prompt[i] + completion[i] : all[i];
      shares.add(new Usage(prompt[i], cached[i], completion[i], sum));
    }
    return shares;
  }

  private static Long[] shares(Long total, long[] weights) {
    Long[] shares = new Long[weights.length];
    if (total == null) {
      return shares;
    }
    double sum = 0;
    for (long weight : weights) {
      sum += weight;
    }
    double soFar = 0;
    long given = 0;
    for (int i = 0; i < weights.length; i++) {
      soFar += sum == 0 ? 1.0 / weights.length : weights[i] / sum;
      long upTo = i == weights.length - 1 ? total : Math.min(total, Math.round(total * soFar));
      shares[i] = upTo - given;
      given = upTo;
    }
    return shares;
  }
}

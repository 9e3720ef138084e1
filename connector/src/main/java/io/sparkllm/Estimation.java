package io.sparkllm;

import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Mode;
import io.sparkllm.cost.AssumedAnswer;
import io.sparkllm.cost.ModelPrice;
import io.sparkllm.cost.Tier;
import io.sparkllm.cost.Tokens;
import io.sparkllm.engine.EstimateRows.Sums;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Makes an estimate of what was added up over the rows. */
final class Estimation {
  private static final double MILLIS_OF_MINUTE = 60_000;

  private final LlmOptions options;
  private final Assumptions given;
  private final Sums sums;
  private final long rows;
  private final int executors;
  private final AssumedAnswer answer;
  private final ModelPrice price;

  /**
   * Takes what is known.
   *
   * @param sums of the rows that were looked at
   * @param rows rows in all
   * @param maxTokens the limit of an answer; null where none is set
   * @param executors how many executors call
   */
  Estimation(
      LlmOptions options,
      Assumptions given,
      Sums sums,
      long rows,
      Integer maxTokens,
      int executors) {
    this.options = options;
    this.given = given;
    this.sums = sums;
    this.rows = rows;
    this.executors = executors;
    this.answer =
        given.answerTokens() == null
            ? AssumedAnswer.of(options, maxTokens)
            : AssumedAnswer.given(given.answerTokens());
    this.price = ModelPrice.of(options);
  }

  private long scaled(double ofSample) {
    return sums.rows() == 0 ? 0 : Math.round(ofSample * (double) rows / (double) sums.rows());
  }

  Estimate estimate() {
    long asked = scaled((double) sums.asked());
    int size = options.batchSize();
    // A sample's partitions are shorter than the input's, and would fill fewer requests.
    long requests = sums.rows() == rows ? sums.requests() : (asked + size - 1) / size;
    Tokens tokens = new Tokens(scaled(sums.promptTokens()), 0, asked * answer.tokens());
    boolean waits = options.get(Options.MODE) == Mode.BATCH;
    Limit limit = limit(requests, tokens.total());
    return new Estimate(
        rows,
        scaled((double) sums.unfit()),
        scaled((double) sums.kept()),
        scaled((double) sums.shared()),
        requests,
        tokens.prompt(),
        tokens.completion(),
        cost(tokens, Tier.REALTIME),
        cost(tokens, Tier.FLEX),
        cost(tokens, Tier.BATCH),
        waits ? null : Duration.ofMillis(Math.round(limit.millis())),
        waits ? "the Batch API, which answers within 24 hours" : limit.name(),
        assumptions(waits));
  }

  private BigDecimal cost(Tokens tokens, Tier tier) {
    return price.cost(tokens, tier).orElse(null);
  }

  private record Limit(String name, double millis) {
    Limit or(Limit other) {
      return other.millis > millis ? other : this;
    }
  }

  private Limit limit(long requests, long tokens) {
    double atATime = (double) Math.min(Math.max(1, requests), places());
    Limit longest =
        new Limit("concurrency", (double) requests / atATime * (double) given.latency().toMillis());
    Integer requestLimit = options.get(Options.REQUESTS_PER_MINUTE);
    if (requestLimit != null) {
      longest =
          longest.or(
              new Limit(
                  Options.REQUESTS_PER_MINUTE.name(),
                  (double) requests * MILLIS_OF_MINUTE / requestLimit));
    }
    Long tokenLimit = options.get(Options.TOKENS_PER_MINUTE);
    if (tokenLimit != null) {
      longest =
          longest.or(
              new Limit(
                  Options.TOKENS_PER_MINUTE.name(),
                  (double) tokens * MILLIS_OF_MINUTE / (double) tokenLimit));
    }
    return longest;
  }

  private long places() {
    return (long) options.get(Options.CONCURRENCY) * executors;
  }

  private List<String> assumptions(boolean waits) {
    List<String> list = new ArrayList<>();
    if (sums.rows() < rows) {
      list.add(
          String.format(
              Locale.ROOT,
              "from a sample of %,d rows; equal rows and those in the checkpoint are told too low by"
                  + " a sample",
              sums.rows()));
    }
    list.add("prompts counted " + given.counter().describe());
    list.add(
        String.format(
            Locale.ROOT, "answers of %,d tokens each (%s)", answer.tokens(), answer.why()));
    if (!waits) {
      list.add(
          String.format(
              Locale.ROOT,
              "%s s a call, %,d calls at a time (concurrency %d on %d executors); no retries, and no"
                  + " limit of the service's own",
              (double) given.latency().toMillis() / 1000,
              places(),
              options.get(Options.CONCURRENCY),
              executors));
    }
    list.add(
        price.price() == null
            ? "price unknown: " + price.unknown()
            : "prices: " + price.source() + "; nothing from the service's cache");
    return list;
  }
}

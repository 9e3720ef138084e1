package io.sparkllm.jobs;

import io.sparkllm.CallCounts;
import io.sparkllm.LlmOptions;
import io.sparkllm.RunStatus;
import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import io.sparkllm.openai.ApiCodec;
import io.sparkllm.throttle.EffectiveLimit;
import io.sparkllm.throttle.LimitSource;
import io.sparkllm.throttle.Waits;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What held a run back, where one thing clearly did, and what its user can do about it.
 *
 * @param share its part of what all executors waited for, from 0 to 1
 * @param cause what was waited for, and the cure
 */
record Bottleneck(double share, String cause) {
  private static final double CLEARLY = 0.5;

  /** Of a shorter run there is nothing to learn. */
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(5);

  /** A JVM's first seconds are slow, whatever it does. */
  private static final Duration WARM = Duration.ofSeconds(20);

  /** A run that called for a smaller part of its time was held back by something else. */
  private static final double CALLING = 0.5;

  /**
   * The hint at a run's end.
   *
   * @param status the run's last status
   * @param elapsed how long it took
   * @param options its options
   * @return one line; empty for short runs, and where nothing clearly held it back
   */
  static Optional<String> hint(RunStatus status, Duration elapsed, LlmOptions options) {
    long total = status.waits().total();
    if (elapsed.compareTo(LONG_ENOUGH) < 0 || total < CALLING * elapsed.toMillis()) {
      return Optional.empty();
    }
    if (elapsed.compareTo(WARM) < 0 && mostly(status.waits()) == status.waits().rows()) {
      return Optional.empty();
    }
    Bottleneck largest = largest(status, options);
    return largest.share >= CLEARLY ? Optional.of(largest.text()) : Optional.empty();
  }

  private String text() {
    return String.format(
        Locale.ROOT, "%.0f %% of the time was spent waiting for %s", 100 * share, cause);
  }

  private static Bottleneck largest(RunStatus status, LlmOptions options) {
    Waits waits = status.waits();
    double total = waits.total();
    long most = mostly(waits);
    String cause;
    if (most == waits.rateLimit()) {
      cause = rateLimit(status, options);
    } else if (most == waits.concurrency()) {
      cause =
          "one of the calls that "
              + flag(Options.CONCURRENCY, options)
              + " allows each executor; raise it, or give the job more executors";
    } else if (most == waits.answers()) {
      cause = answers(options);
    } else {
      cause =
          "Spark to read rows and to write answers; give the job more cores, and the input more"
              + " partitions (--repartition)";
    }
    return new Bottleneck(most / total, cause);
  }

  private static long mostly(Waits waits) {
    return Math.max(
        Math.max(waits.rateLimit(), waits.concurrency()), Math.max(waits.answers(), waits.rows()));
  }

  private static String rateLimit(RunStatus status, LlmOptions options) {
    boolean byTokens = isBoundByTokens(status, options);
    EffectiveLimit limit = byTokens ? status.tokenLimit() : status.requestLimit();
    if (limit == null) {
      return "a service that refused calls as too many, let them time out or asked for pauses; no"
          + " option helps, a higher tier or another key or endpoint may";
    }
    if (limit.source() == LimitSource.OPTION) {
      Option<?> option = byTokens ? Options.TOKENS_PER_MINUTE : Options.REQUESTS_PER_MINUTE;
      return flag(option, options) + "; raise it if the account allows more";
    }
    return String.format(
        "the service's own limit of %s, %s; no option helps, a higher tier or another key or"
            + " endpoint may",
        byTokens ? Progress.tokens(limit) : Progress.requests(limit),
        limit.source() == LimitSource.HEADER
            ? "as its headers tell it"
            : "as learned from its refusals");
  }

  /** Of two limits, the one of which a call takes the larger part. */
  private static boolean isBoundByTokens(RunStatus status, LlmOptions options) {
    if (status.requestLimit() == null || status.tokenLimit() == null) {
      return status.tokenLimit() != null;
    }
    CallCounts counts = status.counts();
    double used =
        (double) (counts.promptTokens() + counts.completionTokens()) / Math.max(1, counts.calls());
    // So much is charged however short the answer is.
    Integer reserved = ApiCodec.of(options, false).maxTokens();
    double charged = reserved == null ? used : Math.max(used, reserved);
    return charged / status.tokenLimit().perMinute() > 1 / status.requestLimit().perMinute();
  }

  private static String answers(LlmOptions options) {
    return "answers, with no further row to ask; "
        + (options.get(Options.ORDERED) && !options.sharesAnswers() ? "--ordered false, " : "")
        + "fewer partitions with more rows, and a lower "
        + flag(Options.MAX_TOKENS, options)
        + " or "
        + flag(Options.REQUEST_TIMEOUT, options)
        + " may help";
  }

  /** The option as it stands on the command line, with its value where it has one. */
  private static String flag(Option<?> option, LlmOptions options) {
    Object value = options.get(option);
    return "--" + option.kebabName() + (value == null ? "" : " " + option.format(value));
  }
}

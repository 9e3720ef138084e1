package io.sparkllm.coordination;

import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import java.util.regex.Pattern;

/**
 * Why all calling of a stage stopped.
 *
 * @param type the type of the error that stopped it
 * @param code its code; may be null
 * @param message one line: where, what, and the cure
 * @param failsJob whether the job fails; otherwise its rows get the cause as their error
 */
public record FatalCause(ErrorType type, String code, String message, boolean failsJob) {
  /** The code where {@code maxCost} was reached. */
  public static final String MAX_COST = "max_cost";

  /** The code where {@code maxTotalTokens} was reached. */
  public static final String MAX_TOTAL_TOKENS = "max_total_tokens";

  private static final Pattern TIER = Pattern.compile("(?i)\\bservice[_ ]tier\\b");
  private static final String TIER_CURE =
      "Check the option serviceTier (flex is for some models only) and the model, or leave serviceTier"
          + " out, then run again";

  /**
   * A failure that every row would share.
   *
   * @param error what the service said
   * @param baseUrl where
   * @param model the model asked
   * @param failsJob whether the job fails
   * @return the cause, with the cure
   */
  public static FatalCause of(
      Outcome.Failed error, String baseUrl, String model, boolean failsJob) {
    String said =
        error.status() == null
            ? error.message()
            : "HTTP " + error.status() + ", " + error.message();
    return new FatalCause(
        error.type(),
        error.code(),
        String.format(
            "Stopped calling %s (model %s): %s: %s. %s",
            baseUrl,
            model,
            error.type().wireName(),
            said.endsWith(".") ? said.substring(0, said.length() - 1) : said,
            TIER.matcher(said).find() ? TIER_CURE : cure(error.type())),
        failsJob);
  }

  /**
   * The server does not take many requests in one call.
   *
   * @param error what it said
   * @param url where
   * @param failsJob whether the job fails
   * @return the cause, with the cures
   */
  public static FatalCause noArrays(Outcome.Failed error, String url, boolean failsJob) {
    return new FatalCause(
        ErrorType.INVALID_REQUEST,
        "arrays_not_taken",
        String.format(
            "Stopped calling %s: it takes no arrays of requests (%s%s). Leave mode out to ask row by"
                + " row, set arrayFallback=realtime, or name the path that takes them with arrayPath",
            url, error.status() == null ? "" : "HTTP " + error.status() + ", ", error.message()),
        failsJob);
  }

  /**
   * More rows of a task failed than {@code maxErrorRatio} allows.
   *
   * @param errors rows that failed
   * @param rows rows of the task
   * @param maxErrorRatio the option's value
   * @return the cause, which fails the job whatever {@code onFatal} says
   */
  public static FatalCause tooManyErrors(long errors, long rows, double maxErrorRatio) {
    return new FatalCause(
        ErrorType.NOT_ATTEMPTED,
        "max_error_ratio",
        String.format(
            "Stopped: %,d of %,d rows of a task failed, more than maxErrorRatio=%s allows; look at the"
                + " causes with a higher maxErrorRatio, or see the error column",
            errors, rows, maxErrorRatio),
        true);
  }

  /**
   * Answers cannot be kept, and would be paid again.
   *
   * @param why one line that names the checkpoint and what its file system said
   * @return the cause, which fails the job whatever {@code onFatal} says
   */
  public static FatalCause cannotKeep(String why) {
    return new FatalCause(
        ErrorType.NOT_ATTEMPTED,
        "checkpoint",
        "Stopped: " + why + "; make room or name another checkpoint, then run again",
        true);
  }

  /**
   * A run has spent what it may.
   *
   * @param option {@code maxCost} or {@code maxTotalTokens}
   * @param value the option's value
   * @param spent what was spent
   * @param failsJob whether the job fails
   * @return the cause
   */
  static FatalCause capReached(String option, String value, String spent, boolean failsJob) {
    return new FatalCause(
        ErrorType.NOT_ATTEMPTED,
        option.equals("maxCost") ? MAX_COST : MAX_TOTAL_TOKENS,
        String.format(
            "Stopped at %s=%s: %s spent. Where a checkpoint is set, the same command with a higher %s"
                + " goes on from here and pays nothing twice",
            option, value, spent, option),
        failsJob);
  }

  private static String cure(ErrorType type) {
    return switch (type) {
      case AUTH ->
          "Check the key (apiKeyEnv, apiKeyFile) and authHeader (api-key for Azure), then run again";
      case QUOTA -> "Check the account's plan, credit and spending limits, then run again";
      case NOT_FOUND ->
          "Check the options model and endpoint (the base URL, often ending in /v1), then run again";
      case CONNECTION ->
          "Check the option endpoint, the network and the JVM's proxy settings (-Dhttps.proxyHost),"
              + " then run again";
      default -> "Check the options, params above all, then run again";
    };
  }

  /**
   * What a row gets that was not asked because of this cause.
   *
   * @return the row's error
   */
  public Outcome.Failed notAttempted() {
    return Outcome.Failed.of(
        ErrorType.NOT_ATTEMPTED, code == null ? type.wireName() : code, "Not asked. " + message);
  }
}

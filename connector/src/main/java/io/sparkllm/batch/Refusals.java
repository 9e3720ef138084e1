package io.sparkllm.batch;

import io.sparkllm.LlmException;
import io.sparkllm.batch.service.RemoteBatch;
import io.sparkllm.batch.service.RemoteBatch.Problem;
import io.sparkllm.batch.service.ServiceException;
import io.sparkllm.coordination.FatalCause;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a refusal of the service means: wait and try again, or stop (protocol notes §3). For one
 * thread.
 */
final class Refusals {
  static final Duration FIRST_DELAY = Duration.ofSeconds(1);
  private static final Duration LAST_DELAY = Duration.ofMinutes(10);

  private static final String TOKEN_LIMIT = "token_limit_exceeded";
  private static final Pattern LIMIT = Pattern.compile("(?i)limit: *([\\d,]+)");

  /** Codes that say that the account has no money or no right to spend it. */
  private static final Pattern NO_CREDIT =
      Pattern.compile(
          "billing_.*|insufficient_.*|budget_exceeded|credit_.*|.*_spend_limit_exceeded");

  /** A file of fewer lines may be bad as a whole by chance. */
  private static final int MANY_LINES = 3;

  private final String baseUrl;
  private final String model;
  private final Map<String, Integer> counts = new HashMap<>();

  Refusals(String baseUrl, String model) {
    this.baseUrl = baseUrl;
    this.model = model;
  }

  /** How often a file was refused, this time included. */
  int count(String file) {
    return counts.merge(file, 1, Integer::sum);
  }

  void forget(String file) {
    counts.remove(file);
  }

  static Duration delay(int times) {
    Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(times - 1, 12));
    return delay.compareTo(LAST_DELAY) < 0 ? delay : LAST_DELAY;
  }

  /** The service's own wait where it names one. */
  Duration delayOf(ServiceException e, int times) {
    Duration hint = e.failure().hint();
    Duration own = delay(times);
    return hint == null || hint.compareTo(own) < 0 ? own : hint;
  }

  /** Whether the same call may go through later. */
  boolean mayPass(ServiceException e) {
    return switch (e.failure().reaction()) {
      case THROTTLE, CAPACITY, RETRY -> true;
      case ROW, SUSPECT, FATAL -> false;
    };
  }

  boolean isTokenLimit(ServiceException e) {
    return TOKEN_LIMIT.equals(e.failure().error().code())
        || e.getMessage().toLowerCase(Locale.ROOT).contains("enqueued token limit");
  }

  boolean hasTokenLimit(RemoteBatch batch) {
    return batch.errors().stream().anyMatch(problem -> TOKEN_LIMIT.equals(problem.code()));
  }

  /** The number that a message names as the limit; 0 where it names none. */
  static long limitIn(String message) {
    Matcher m = LIMIT.matcher(message);
    return m.find() ? Long.parseLong(m.group(1).replace(",", "")) : 0;
  }

  static boolean isLostFile(RemoteBatch batch) {
    return batch.errors().stream()
        .anyMatch(problem -> problem.message().matches("(?is).*cannot find file.*"));
  }

  /** What the service says of a batch that failed, in one line. */
  static String words(RemoteBatch batch) {
    if (batch.errors().isEmpty()) {
      return "the service gives no reason";
    }
    Problem first = batch.errors().get(0);
    int more = batch.errors().size() - 1;
    return String.format(
        "%s%s%s%s",
        first.code() == null ? "" : first.code() + ": ",
        first.message().lines().findFirst().orElse(""),
        first.line() > 0 ? " (line " + first.line() + ")" : "",
        more > 0 ? " and " + more + " more" : "");
  }

  /** Why the account can run no batch; null where that is not what it says. */
  LlmException fatal(RemoteBatch batch) {
    return batch.errors().stream()
        .filter(problem -> problem.code() != null && NO_CREDIT.matcher(problem.code()).matches())
        .findFirst()
        .map(problem -> stop(ErrorType.QUOTA, problem))
        .orElse(null);
  }

  /** Why no line of a file can be run; null where some can. */
  LlmException modelFault(RemoteBatch batch, int requests) {
    List<Problem> lines = batch.errors().stream().filter(problem -> problem.line() > 0).toList();
    for (Problem problem : batch.errors()) {
      if ("model_not_found".equals(problem.code())) {
        return stop(ErrorType.NOT_FOUND, problem);
      }
    }
    long different = lines.stream().mapToInt(Problem::line).distinct().count();
    return different >= Math.max(MANY_LINES, requests)
        ? stop(ErrorType.INVALID_REQUEST, lines.get(0))
        : null;
  }

  private LlmException stop(ErrorType type, Problem problem) {
    Outcome.Failed error = Outcome.Failed.of(type, problem.code(), problem.message());
    return new LlmException(FatalCause.of(error, baseUrl, model, true).message());
  }

  /** Ends the run for a call that failed for good. */
  LlmException stop(ServiceException e) {
    Reaction reaction = e.failure().reaction();
    return new LlmException(
        reaction == Reaction.FATAL || reaction == Reaction.SUSPECT
            ? FatalCause.of(e.failure().error(), baseUrl, model, true).message()
            : "Stopped: "
                + e.getMessage()
                + ". Nothing is lost; the same command goes on from here");
  }
}

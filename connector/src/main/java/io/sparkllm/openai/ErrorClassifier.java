package io.sparkllm.openai;

import io.sparkllm.openai.Failure.Reaction;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells what an error reply means, by status, code and message (protocol notes §5). */
final class ErrorClassifier {
  private static final Set<String> QUOTA =
      Set.of(
          "insufficient_quota",
          "credit_balance_exhausted",
          "organization_spend_limit_exceeded",
          "project_spend_limit_exceeded",
          "organization_usage_limit_exceeded",
          "billing_hard_limit_reached",
          "billing_not_active",
          "credit_limit");
  private static final Set<String> FILTER =
      Set.of("content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation");
  private static final Set<String> UNKNOWN_MODEL = Set.of("model_not_found", "DeploymentNotFound");
  private static final Set<String> NO_ACCESS =
      Set.of("invalid_api_key", "unsupported_country_region_territory");

  /** Complaints about fields that are the same in every request. */
  private static final Set<String> SHARED_FIELD =
      Set.of("unsupported_parameter", "unknown_parameter", "unsupported_value");

  private static final Set<String> CAPACITY = Set.of("resource_unavailable", "capacity_exceeded");

  /** The field that names the tier, which is the same in every request. */
  private static final String TIER = "service_tier";

  /** "Limit 30000, Requested 34307" without a "Used": more than the limit could ever give. */
  private static final Pattern REQUESTED =
      Pattern.compile("Limit:? (\\d[\\d,]*).*?Requested:? (\\d[\\d,]*)");

  private ErrorClassifier() {}

  static Failure classify(int status, Map<String, String> headers, ErrorBody body, Instant now) {
    Verdict verdict = verdict(status, body);
    Reaction reaction = obeyHeader(verdict.reaction(), headers.get("x-should-retry"));
    String code = body.code().isEmpty() ? body.type() : body.code();
    return new Failure(
        new Outcome.Failed(
            verdict.type(),
            code.isEmpty() ? null : code,
            body.message(),
            status,
            null,
            Usage.UNKNOWN),
        reaction,
        RetryHint.of(headers, body.message(), now));
  }

  private record Verdict(ErrorType type, Reaction reaction) {}

  private static Verdict verdict(int status, ErrorBody body) {
    if (QUOTA.contains(body.code()) || QUOTA.contains(body.type()) || status == 402) {
      return new Verdict(ErrorType.QUOTA, Reaction.FATAL);
    }
    if (NO_ACCESS.contains(body.code()) || status == 401) {
      return new Verdict(ErrorType.AUTH, Reaction.FATAL);
    }
    if (UNKNOWN_MODEL.contains(body.code())) {
      return new Verdict(ErrorType.NOT_FOUND, Reaction.FATAL);
    }
    if (FILTER.contains(body.code()) || FILTER.contains(body.type())) {
      return new Verdict(ErrorType.CONTENT_FILTER, Reaction.ROW);
    }
    if (status >= 500) {
      return new Verdict(ErrorType.SERVER, Reaction.RETRY);
    }
    if (status >= 300 && status < 400) {
      return new Verdict(ErrorType.NOT_FOUND, Reaction.SUSPECT);
    }
    return switch (status) {
      case 403 -> new Verdict(ErrorType.AUTH, Reaction.SUSPECT);
      case 404, 405 ->
          new Verdict(
              ErrorType.NOT_FOUND, saysUnknownModel(body) ? Reaction.FATAL : Reaction.SUSPECT);
      case 408 -> new Verdict(ErrorType.TIMEOUT, Reaction.RETRY);
      case 409, 425 -> new Verdict(ErrorType.SERVER, Reaction.RETRY);
      // Groq's flex tier says 498 for "no capacity now".
      case 498 -> new Verdict(ErrorType.RATE_LIMITED, Reaction.CAPACITY);
      case 429 ->
          isTooLarge(body)
              ? new Verdict(ErrorType.INVALID_REQUEST, Reaction.ROW)
              : new Verdict(
                  ErrorType.RATE_LIMITED, isCapacity(body) ? Reaction.CAPACITY : Reaction.THROTTLE);
      default -> badRequest(body);
    };
  }

  /** By their words alone these are suspects only: a refusal may repeat a piece of the prompt. */
  private static Verdict badRequest(ErrorBody body) {
    if (body.param().equals(TIER)) {
      return new Verdict(ErrorType.INVALID_REQUEST, Reaction.FATAL);
    }
    if (body.says("\\bservice[_ ]tier\\b")) {
      return new Verdict(ErrorType.INVALID_REQUEST, Reaction.SUSPECT);
    }
    if (saysUnknownModel(body)) {
      return new Verdict(ErrorType.NOT_FOUND, Reaction.SUSPECT);
    }
    if (body.says("api key not valid|(incorrect|invalid) api key")) {
      return new Verdict(ErrorType.AUTH, Reaction.SUSPECT);
    }
    if (body.code().equals("context_length_exceeded")
        || body.says("(maximum|model'?s) context (length|window)")) {
      return new Verdict(ErrorType.CONTEXT_LENGTH, Reaction.ROW);
    }
    return new Verdict(
        ErrorType.INVALID_REQUEST,
        SHARED_FIELD.contains(body.code()) ? Reaction.SUSPECT : Reaction.ROW);
  }

  private static boolean saysUnknownModel(ErrorBody body) {
    return body.says("\\bmodel\\b.{0,200}(not found|does not exist|not exist)");
  }

  /** OpenAI's flex tier has a 429 of its own. */
  private static boolean isCapacity(ErrorBody body) {
    return CAPACITY.contains(body.code())
        || CAPACITY.contains(body.type())
        || body.says("^(error: )?resource unavailable");
  }

  private static boolean isTooLarge(ErrorBody body) {
    if (body.says("^request too large")) {
      return true;
    }
    Matcher m = REQUESTED.matcher(body.message());
    return m.find() && number(m.group(2)) > number(m.group(1));
  }

  private static double number(String digits) {
    return Double.parseDouble(digits.replace(",", ""));
  }

  private static Reaction obeyHeader(Reaction reaction, String shouldRetry) {
    if (reaction == Reaction.FATAL || shouldRetry == null) {
      return reaction;
    }
    return switch (shouldRetry.trim().toLowerCase(Locale.ROOT)) {
      case "true" ->
          reaction == Reaction.THROTTLE || reaction == Reaction.CAPACITY
              ? reaction
              : Reaction.RETRY;
      case "false" -> reaction == Reaction.SUSPECT ? reaction : Reaction.ROW;
      default -> reaction;
    };
  }
}

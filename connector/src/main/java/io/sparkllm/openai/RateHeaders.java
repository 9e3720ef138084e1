package io.sparkllm.openai;

import io.sparkllm.throttle.HeaderLimit;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code x-ratelimit-limit-*}, {@code -remaining-*} and {@code -reset-*} (protocol notes §5).
 * Resets come as Go durations, and from compatible servers as seconds, as a time since 1970 or as a
 * date.
 */
public final class RateHeaders {
  private static final Pattern STEP = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h|d)");
  private static final Pattern DURATION =
      Pattern.compile("(?:\\d+(?:\\.\\d+)?(?:ns|us|µs|ms|s|m|h|d)){1,8}");

  /** From here on a number of seconds is a time since 1970. */
  private static final double EPOCH_FROM = 1e9;

  private RateHeaders() {}

  /**
   * What the headers say.
   *
   * @param headers the headers, names in lower case
   * @param unit {@code requests} or {@code tokens}
   * @param now the time, for resets that are given as dates
   * @return null where something is missing or cannot be read
   */
  public static HeaderLimit read(Map<String, String> headers, String unit, Instant now) {
    String limit = headers.get("x-ratelimit-limit-" + unit);
    String remaining = headers.get("x-ratelimit-remaining-" + unit);
    String reset = headers.get("x-ratelimit-reset-" + unit);
    if (limit == null || remaining == null || reset == null) {
      return null;
    }
    try {
      return new HeaderLimit(
          (long) Double.parseDouble(limit.trim()),
          (long) Double.parseDouble(remaining.trim()),
          nanos(reset.trim(), now));
    } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static long nanos(String reset, Instant now) {
    if (DURATION.matcher(reset).matches()) {
      double nanos = 0;
      Matcher step = STEP.matcher(reset);
      while (step.find()) {
        nanos += Double.parseDouble(step.group(1)) * unit(step.group(2));
      }
      return (long) nanos;
    }
    if (reset.indexOf('-') > 0) {
      return (long) ((Instant.parse(reset).toEpochMilli() - now.toEpochMilli()) * 1e6);
    }
    double seconds = Double.parseDouble(reset);
    return (long) ((seconds < EPOCH_FROM ? seconds : seconds - now.toEpochMilli() / 1000.0) * 1e9);
  }

  private static double unit(String name) {
    return switch (name) {
      case "ns" -> 1;
      case "us", "µs" -> 1e3;
      case "ms" -> 1e6;
      case "s" -> 1e9;
      case "m" -> 60e9;
      case "h" -> 3600e9;
      default -> 86_400e9;
    };
  }
}

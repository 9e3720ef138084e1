package io.sparkllm.openai;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a service asks to wait, in all the forms seen (protocol notes §5): {@code
 * retry-after-ms}, {@code retry-after} as seconds or as an HTTP date, and the "Please try again in"
 * of a 429's message.
 */
final class RetryHint {
  private static final Pattern MESSAGE =
      Pattern.compile(
          "(?i)(?:try again|retry) (?:in|after) ((?:\\d+(?:\\.\\d+)?\\s*(?:ms|s|m|h)[a-z]*\\s*){1,6})");
  private static final Pattern STEP = Pattern.compile("(?i)(\\d+(?:\\.\\d+)?)\\s*(ms|milli|s|m|h)");

  /** Dates in the year 9999 are sent too; what is longer than any row's time is all the same. */
  private static final Duration LONGEST = Duration.ofDays(365);

  private RetryHint() {}

  /** The longest wait that headers and message name; null where they name none. */
  static Duration of(Map<String, String> headers, String message, Instant now) {
    Duration hint = longest(fromHeaders(headers, now), fromMessage(message));
    return hint == null || hint.compareTo(LONGEST) < 0 ? hint : LONGEST;
  }

  private static Duration fromHeaders(Map<String, String> headers, Instant now) {
    Duration millis = number(headers.get("retry-after-ms"), 1);
    if (millis != null) {
      return millis;
    }
    String after = headers.get("retry-after");
    Duration seconds = number(after, 1000);
    if (seconds != null || after == null) {
      return seconds;
    }
    try {
      Instant date =
          ZonedDateTime.parse(after.trim(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(now, date);
      return wait.isNegative() ? Duration.ZERO : wait;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Duration number(String text, long millisPerUnit) {
    if (text == null) {
      return null;
    }
    try {
      double value = Double.parseDouble(text.trim());
      return value >= 0 && value < 1e9 ? Duration.ofMillis((long) (value * millisPerUnit)) : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Duration fromMessage(String message) {
    Matcher m = MESSAGE.matcher(message);
    if (!m.find()) {
      return null;
    }
    double millis = 0;
    Matcher step = STEP.matcher(m.group(1));
    while (step.find()) {
      millis +=
          Double.parseDouble(step.group(1))
              * switch (step.group(2).toLowerCase(Locale.ROOT)) {
                case "ms", "milli" -> 1;
                case "s" -> 1_000;
                case "m" -> 60_000;
                default -> 3_600_000;
              };
    }
    return Duration.ofMillis((long) Math.ceil(millis));
  }

  private static Duration longest(Duration a, Duration b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.compareTo(b) >= 0 ? a : b;
  }
}

package io.sparkllm.jobs;

import io.sparkllm.LlmException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what to tell the user in an exception of Spark. */
final class Failures {
  /** From a cluster an executor's exception comes as text inside Spark's. */
  private static final Pattern FATAL =
      Pattern.compile(Pattern.quote(LlmException.class.getName()) + ": ([^\\n]+)");

  private Failures() {}

  /** The message of the library's own exception, from any depth; null if it was something else. */
  static String fatalMessage(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof LlmException) {
        return e.getMessage();
      }
      Matcher m = FATAL.matcher(String.valueOf(e.getMessage()));
      if (m.find()) {
        return m.group(1);
      }
    }
    return null;
  }

  static String firstLine(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.getClass().getName() : message.lines().findFirst().orElse("");
  }
}

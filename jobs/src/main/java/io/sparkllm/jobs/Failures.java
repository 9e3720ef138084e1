package io.sparkllm.jobs;

import io.sparkllm.LlmException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what to tell the user in an exception of Spark. */
final class Failures {
  /**
   * From a cluster an executor's exception comes as text inside Spark's; and a stage that the
   * driver cancelled comes with the reason.
   */
  private static final Pattern FATAL =
      Pattern.compile(
          "(?:"
              + Pattern.quote(LlmException.class.getName())
              + ": |cancelled because (?=Stopped))([^\\n]+)");

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

  /** Whether Spark's message says it all: what is wrong lies in the command or the catalog. */
  static boolean isExplained(Throwable error) {
    // By name: `serve` works without Spark.
    return error.getClass().getName().equals("org.apache.spark.sql.AnalysisException");
  }

  /** The first line that says something; Spark's messages may begin with an empty one. */
  static String firstLine(Throwable error) {
    String message = error.getMessage() == null ? "" : error.getMessage();
    return message
        .lines()
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse(error.getClass().getName());
  }
}

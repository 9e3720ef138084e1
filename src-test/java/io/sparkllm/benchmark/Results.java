package io.sparkllm.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The table of results, told line by line as it grows. */
final class Results {
  /** Where the table stands in a document. */
  static final String BEGIN = "<!-- benchmark: written by src-test/benchmark -->\n";

  /** Where it ends. */
  static final String END = "<!-- /benchmark -->";

  private final List<String> lines = new ArrayList<>();

  /**
   * Adds a line.
   *
   * @param what what was measured, with its unit
   * @param decimals of its values
   * @param connector the connector's values
   * @param reference the reference's name
   * @param values the reference's values
   */
  void compare(String what, int decimals, double[] connector, String reference, double... values) {
    double ratio = Statistics.median(connector) / Statistics.median(values);
    add(
        what,
        shown(decimals, connector),
        reference + ": " + shown(decimals, values),
        String.format(Locale.ROOT, "%.2f", ratio));
  }

  /** Adds a line of what has no reference but what it ought to be. */
  void count(String what, String connector, String reference) {
    add(what, connector, reference, "");
  }

  private void add(String what, String connector, String reference, String ratio) {
    lines.add("| " + String.join(" | ", what, connector, reference, ratio) + " |");
    System.out.println(lines.get(lines.size() - 1));
  }

  String table() {
    return "| measured | connector | reference | ratio |\n|---|---|---|---|\n"
        + String.join("\n", lines)
        + "\n";
  }

  /** The median, and from where to where the values went. */
  static String shown(int decimals, double... values) {
    String number = "%,." + decimals + "f";
    String median = String.format(Locale.ROOT, number, Statistics.median(values));
    if (values.length == 1) {
      return median;
    }
    return String.format(
        Locale.ROOT,
        "%s (" + number + "–" + number + ")",
        median,
        Arrays.stream(values).min().orElseThrow(),
        Arrays.stream(values).max().orElseThrow());
  }

  /** A document with the text between its markers replaced. */
  static String placed(String document, String text) {
    int begin = document.indexOf(BEGIN);
    int end = document.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("The markers " + BEGIN.trim() + " … " + END + " lack");
    }
    return document.substring(0, begin + BEGIN.length()) + text + document.substring(end);
  }
}

package io.sparkllm.jobs;

import java.io.PrintStream;
import java.util.Locale;

/** Prints names and values below each other, as a run's summary does. */
final class LedgerTable {
  private final PrintStream out;

  LedgerTable(PrintStream out) {
    this.out = out;
  }

  void text(String name, String value) {
    out.printf("%-10s %s%n", name, value);
  }

  void number(String name, long value) {
    text(name, number(value));
  }

  /** A number that was another one before. */
  void number(String name, long value, long before) {
    text(name, number(value) + " (before: " + number(before) + ")");
  }

  /** Some of the number above it. */
  void part(String name, long value) {
    out.printf("  %-16s %s%n", name, number(value));
  }

  void size(String name, long bytes) {
    text(name, size(bytes));
  }

  void size(String name, long bytes, long before) {
    text(name, size(bytes) + " (before: " + size(before) + ")");
  }

  /** What could not be read, where there is such. */
  void troubles(long tornTails, long damagedLines, long unreadableSegments) {
    if (tornTails + damagedLines + unreadableSegments == 0) {
      return;
    }
    number("skipped", tornTails + damagedLines + unreadableSegments);
    part("torn tails", tornTails);
    part("damaged lines", damagedLines);
    part("unreadable files", unreadableSegments);
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String size(long bytes) {
    String[] units = {"bytes", "kB", "MB", "GB", "TB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1_000 && unit < units.length - 1) {
      value /= 1_000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }
}

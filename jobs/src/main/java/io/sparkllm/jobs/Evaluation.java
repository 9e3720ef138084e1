package io.sparkllm.jobs;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How answers agree with the right labels, counted from a written output in one aggregation.
 *
 * @param column the column of the right labels
 * @param answers rows with a label and an answer, by label and answer
 * @param unanswered rows with a label and without an answer
 * @param unlabelled rows without a label
 */
record Evaluation(
    String column, Map<String, Map<String, Long>> answers, long unanswered, long unlabelled) {
  /** Pairs of label and answer; texts that are no labels would come by the million. */
  private static final int MOST_PAIRS = 10_000;

  /** Labels that a table holds. */
  private static final int MOST_SHOWN = 20;

  private static final int WIDEST = 24;

  /** Reads a written output; empty where labels and answers are too many to be such. */
  static Optional<Evaluation> of(Dataset<Row> output, Gold gold) {
    List<Row> groups =
        output
            .groupBy(gold.label().as("label"), gold.answer().as("answer"))
            .count()
            .limit(MOST_PAIRS + 1)
            .collectAsList();
    if (groups.size() > MOST_PAIRS) {
      return Optional.empty();
    }
    Map<String, Map<String, Long>> answers = new TreeMap<>();
    long unanswered = 0;
    long unlabelled = 0;
    for (Row row : groups) {
      if (row.isNullAt(0)) {
        unlabelled += row.getLong(2);
      } else if (row.isNullAt(1)) {
        unanswered += row.getLong(2);
      } else {
        answers
            .computeIfAbsent(row.getString(0), label -> new TreeMap<>())
            .put(row.getString(1), row.getLong(2));
      }
    }
    return Optional.of(new Evaluation(gold.column(), answers, unanswered, unlabelled));
  }

  /** What was added since an earlier state of the same output. */
  Evaluation since(Evaluation before) {
    Map<String, Map<String, Long>> added = new TreeMap<>();
    answers.forEach(
        (label, counts) ->
            counts.forEach(
                (answer, count) -> {
                  long more = count - before.count(label, answer);
                  if (more > 0) {
                    added.computeIfAbsent(label, l -> new TreeMap<>()).put(answer, more);
                  }
                }));
    return new Evaluation(
        column, added, unanswered - before.unanswered, unlabelled - before.unlabelled);
  }

  /** Rows with this label and this answer. */
  private long count(String label, String answer) {
    return answers.getOrDefault(label, Map.of()).getOrDefault(answer, 0L);
  }

  private long labelled(String label) {
    return answers.getOrDefault(label, Map.of()).values().stream().mapToLong(n -> n).sum();
  }

  private long answered(String answer) {
    return answers.values().stream().mapToLong(counts -> counts.getOrDefault(answer, 0L)).sum();
  }

  /** Labels and answers, those of most rows first. */
  private List<String> labels() {
    TreeMap<String, Long> rows = new TreeMap<>();
    answers.forEach(
        (label, counts) ->
            counts.forEach(
                (answer, count) -> {
                  rows.merge(label, count, Long::sum);
                  rows.merge(answer, 0L, Long::sum);
                }));
    List<String> labels = new ArrayList<>(rows.keySet());
    labels.sort(Comparator.comparingLong((String label) -> -rows.get(label)));
    return labels;
  }

  /** Prints accuracy, a line for each label, and which label was taken for which. */
  void print(PrintStream out) {
    List<String> labels = labels();
    long rows = labels.stream().mapToLong(this::labelled).sum();
    long right = labels.stream().mapToLong(label -> count(label, label)).sum();
    out.printf(
        Locale.ROOT,
        "%n%-10s %s (%,d of %,d answers as in %s)%n",
        "accuracy",
        share(right, rows),
        right,
        rows,
        column);
    out.printf(Locale.ROOT, "%-10s %,d rows%n", "unanswered", unanswered);
    if (unlabelled > 0) {
      out.printf(Locale.ROOT, "%-10s %,d rows%n", "unlabelled", unlabelled);
    }
    if (labels.isEmpty()) {
      return;
    }
    List<String> shown = labels.subList(0, Math.min(labels.size(), MOST_SHOWN));
    printLabels(out, shown);
    printTable(out, shown);
    if (shown.size() < labels.size()) {
      out.printf(Locale.ROOT, "and %,d more labels%n", labels.size() - shown.size());
    }
  }

  private void printLabels(PrintStream out, List<String> labels) {
    int wide = width(labels, "label");
    out.printf("%n%-" + wide + "s  %9s  %9s  %9s%n", "label", "precision", "recall", "rows");
    for (String label : labels) {
      long right = count(label, label);
      out.printf(
          Locale.ROOT,
          "%-" + wide + "s  %9s  %9s  %,9d%n",
          cut(label),
          share(right, answered(label)),
          share(right, labelled(label)),
          labelled(label));
    }
  }

  private void printTable(PrintStream out, List<String> labels) {
    String corner = column + " \\ answer";
    int wide = Math.max(corner.length(), width(labels, ""));
    StringBuilder text = new StringBuilder(pad(corner, -wide));
    labels.forEach(answer -> text.append("  ").append(pad(cut(answer), cell(answer))));
    for (String label : labels) {
      text.append(System.lineSeparator()).append(pad(cut(label), -wide));
      labels.forEach(
          answer ->
              text.append("  ")
                  .append(
                      pad(String.format(Locale.ROOT, "%,d", count(label, answer)), cell(answer))));
    }
    out.printf("%n%s%n", text);
  }

  private static int cell(String answer) {
    return Math.max(7, cut(answer).length());
  }

  private static String pad(String text, int width) {
    return String.format("%" + width + "s", text);
  }

  private static int width(List<String> labels, String head) {
    return labels.stream()
        .mapToInt(label -> cut(label).length())
        .reduce(Math.max(1, head.length()), Math::max);
  }

  private static String cut(String label) {
    String line = label.replaceAll("\\s+", " ");
    return line.length() <= WIDEST ? line : line.substring(0, WIDEST - 1) + "…";
  }

  private static String share(long part, long whole) {
    return whole == 0 ? "–" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }
}

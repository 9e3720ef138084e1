package io.sparkllm.jobs;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring_index;
import static org.apache.spark.sql.functions.when;

import io.sparkllm.CallCounts;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import io.sparkllm.coordination.FatalCause;
import io.sparkllm.cost.Tokens;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What stands in an output: the truth about a run, where counters of running tasks may count twice.
 *
 * @param rows rows in all
 * @param errors failed rows by type
 * @param paid the tokens; null where the output has no metadata column
 * @param capped the rows that a cap kept from being asked
 */
record Summary(long rows, Map<String, Failed> errors, Paid paid, Failed capped) {
  private static final Failed NOT_CAPPED = new Failed(0, "");

  /** Nothing written. */
  static final Summary EMPTY = new Summary(0, Map.of(), null, NOT_CAPPED);

  /** Longest example that is printed whole; some services quote a page of the request. */
  private static final int EXAMPLE = 300;

  /** How many rows failed in one way, and one of their messages. */
  record Failed(long count, String example) {
    String shortExample() {
      String line = example.strip().replaceAll("\\s+", " ");
      return line.length() <= EXAMPLE ? line : line.substring(0, EXAMPLE) + "…";
    }
  }

  /** Reads a written output in one aggregation. */
  static Summary of(Dataset<Row> output, LlmOptions options) {
    String error = quoted(options.get(Options.ERROR_COL));
    String metadata = options.get(Options.METADATA_COL);
    Column isCapped = col(error + ".code").isin(FatalCause.MAX_COST, FatalCause.MAX_TOTAL_TOKENS);
    long rows = 0;
    Paid paid = metadata == null ? null : Paid.NOTHING;
    Failed capped = NOT_CAPPED;
    Map<String, Failed> errors = new TreeMap<>();
    for (Row row :
        output
            .groupBy(col(error + ".type"))
            .agg(
                count(lit(1)).as("rows"),
                first(coalesce(told(error), lit("")), true).as("example"),
                count(when(isCapped, 1)).as("capped"),
                coalesce(first(when(isCapped, col(error + ".message")), true), lit("")).as("cause"),
                Paid.column(metadata == null ? null : quoted(metadata)).as("paid"))
            .collectAsList()) {
      rows += row.getLong(1);
      if (!row.isNullAt(0)) {
        errors.put(row.getString(0), new Failed(row.getLong(1), row.getString(2)));
      }
      if (row.getLong(3) > 0) {
        capped = new Failed(row.getLong(3), row.getString(4));
      }
      if (paid != null) {
        paid = paid.plus(Paid.of(row.getStruct(5)));
      }
    }
    return new Summary(rows, errors, paid, capped);
  }

  /** Without the answer that the message of a mismatch shows: answers are not for logs. */
  private static Column told(String error) {
    return substring_index(col(error + ".message"), "; it reads: ", 1);
  }

  private static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  /** What was added since an earlier state of the same output. */
  Summary since(Summary before) {
    Map<String, Failed> added = new TreeMap<>();
    errors.forEach(
        (type, failed) -> {
          Failed earlier = before.errors.get(type);
          long more = failed.count() - (earlier == null ? 0 : earlier.count());
          if (more > 0) {
            added.put(type, new Failed(more, failed.example()));
          }
        });
    return new Summary(
        rows - before.rows,
        added,
        paid == null || before.paid == null ? paid : paid.minus(before.paid),
        new Failed(capped.count() - before.capped.count(), capped.example()));
  }

  long failed() {
    return errors.values().stream().mapToLong(Failed::count).sum();
  }

  /**
   * Prints it; the hint is the last line where there is one.
   *
   * @param checkpoint the directory that keeps the answers; null for none
   * @param counted what was counted while running
   * @param price what tokens cost
   */
  void print(
      PrintStream out,
      String output,
      String checkpoint,
      CallCounts counted,
      CallPrice price,
      Duration wall,
      Optional<String> hint) {
    out.printf("%n%-10s %s%n", "output", output);
    out.printf(Locale.ROOT, "%-10s %,d%n", "rows", rows);
    out.printf(Locale.ROOT, "%-10s %,d%n", "answers", rows - failed());
    out.printf(Locale.ROOT, "%-10s %,d%n", "errors", failed());
    errors.forEach(
        (type, failed) ->
            out.printf(
                Locale.ROOT,
                "  %-16s %,d   for example: %s%n",
                type,
                failed.count(),
                failed.shortExample()));
    if (checkpoint != null) {
      out.printf("%-10s %s%n", "checkpoint", checkpoint);
    }
    if (counted.recalled() + counted.duplicates() > 0) {
      out.printf(
          Locale.ROOT,
          "%-10s %,d calls, %,d rows from the checkpoint, %,d shared with equal rows (counted while"
              + " running)%n",
          "sources",
          counted.calls(),
          counted.recalled(),
          counted.duplicates());
    }
    Paid shown = paid == null ? price.counted(counted) : paid;
    Tokens all = shown.all();
    out.printf(
        Locale.ROOT,
        "%-10s %,d%s%n",
        "tokens",
        all.total(),
        paid == null ? " (counted while running)" : "");
    out.printf(
        Locale.ROOT, "  %-8s %,d, of which %,d cached%n", "prompts", all.prompt(), all.cached());
    out.printf(Locale.ROOT, "  %-8s %,d%n", "answers", all.completion());
    out.printf("%-10s %s%n", "cost", price.text(shown, counted.calls()));
    out.printf("%-10s %s%n", "time", Progress.clock(wall.toSeconds()));
    hint.ifPresent(text -> out.printf("%-10s %s%n", "hint", text));
  }
}

package io.sparkllm.jobs;

import io.sparkllm.Estimate;
import io.sparkllm.cost.Cost;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.Locale;

/** An estimate as text. */
final class EstimateTable {
  private static final String LINE = "%-10s %s%n";

  private EstimateTable() {}

  static void print(PrintStream out, Estimate estimate) {
    line(
        out,
        "rows",
        "%,d (%,d in the checkpoint, %,d equal to others, %,d that cannot be asked)",
        estimate.rows(),
        estimate.kept(),
        estimate.shared(),
        estimate.unfit());
    line(out, "requests", "%,d", estimate.requests());
    line(
        out,
        "tokens",
        "%,d: %,d of prompts and %,d of answers",
        estimate.totalTokens(),
        estimate.promptTokens(),
        estimate.completionTokens());
    out.printf(LINE, "cost", "");
    out.printf("  %-8s %s%n", "realtime", text(estimate.cost()));
    out.printf("  %-8s %s%n", "flex", text(estimate.flexCost()));
    out.printf("  %-8s %s%n", "batch", text(estimate.batchCost()));
    out.printf(
        LINE,
        "time",
        estimate.time() == null
            ? estimate.limitedBy()
            : Progress.clock(estimate.time().toSeconds())
                + " at least, by "
                + estimate.limitedBy());
    estimate.assumptions().forEach(text -> out.printf(LINE, "", text));
  }

  private static void line(PrintStream out, String word, String format, Object... values) {
    out.printf(LINE, word, String.format(Locale.ROOT, format, values));
  }

  private static String text(BigDecimal cost) {
    return cost == null ? "price unknown" : Cost.text(cost);
  }
}

package io.sparkllm.jobs;

import io.sparkllm.BatchReport;
import io.sparkllm.BatchReport.Batch;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Prints how batches stand. */
final class BatchTable {
  /** More lines are more than anybody reads. */
  private static final int MOST = 50;

  private BatchTable() {}

  static void print(PrintStream out, BatchReport report, Instant now) {
    List<Batch> shown =
        report.batches().stream()
            // What is still to come first, then the newest.
            .sorted(
                Comparator.comparing(Batch::isDone)
                    .thenComparing(Batch::since, Comparator.reverseOrder()))
            .limit(MOST)
            .toList();
    int wide = Math.max(5, shown.stream().mapToInt(b -> id(b).length()).max().orElse(0));
    String line = "%-" + wide + "s  %-14s %5s %9s %9s %7s %9s %10s%n";
    out.printf(
        line, "batch", "state", "round", "requests", "answered", "failed", "age", "expires in");
    for (Batch batch : shown) {
      out.printf(
          line,
          id(batch),
          batch.isDone() ? batch.state() + " *" : batch.state(),
          batch.round(),
          number(batch.requests()),
          number(batch.answered()),
          number(batch.failed()),
          time(Duration.between(batch.since(), now)),
          batch.expires() == null ? "" : time(Duration.between(now, batch.expires())));
    }
    if (report.batches().size() > shown.size()) {
      out.printf("and %s more%n", number(report.batches().size() - shown.size()));
    }
    out.printf("* nothing is left to do with it%n%n");
    LedgerTable table = new LedgerTable(out);
    table.text("checkpoint", report.checkpoint());
    table.number("requests", report.requests());
    table.number("answered", report.answered());
    table.number("waiting", report.waiting());
    if (report.tokenLimit() != null) {
      table.text(
          "enqueued",
          number(report.enqueuedTokens())
              + " of "
              + number(report.tokenLimit())
              + " prompt tokens");
    }
  }

  /** Tells that batches have not ended; the result is the exit code. */
  static int notEnded(BatchReport report) {
    print(System.out, report, Instant.now());
    System.err.printf(
        "%nThe batches have not ended: collect --checkpoint %s --wait waits for them.%n",
        report.checkpoint());
    return ExitCode.NOT_ENDED;
  }

  private static String id(Batch batch) {
    return batch.id() == null ? batch.file() : batch.id();
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String time(Duration time) {
    Duration positive = time.isNegative() ? Duration.ZERO : time;
    return positive.toHours() > 0
        ? String.format(Locale.ROOT, "%d h %02d m", positive.toHours(), positive.toMinutesPart())
        : String.format(Locale.ROOT, "%d m %02d s", positive.toMinutes(), positive.toSecondsPart());
  }
}

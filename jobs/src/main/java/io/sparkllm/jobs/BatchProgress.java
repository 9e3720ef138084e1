package io.sparkllm.jobs;

import io.sparkllm.BatchReport;
import io.sparkllm.BatchReport.Batch;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A line about the batches when something has changed, and every minute while nothing does. */
final class BatchProgress {
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final PrintStream out;
  private final long startNanos = System.nanoTime();
  private String last = "";
  private long lastNanos;

  BatchProgress(PrintStream out) {
    this.out = out;
  }

  void tell(BatchReport report) {
    String line = line(report);
    long now = System.nanoTime();
    if (report.batches().isEmpty() || (line.equals(last) && now - lastNanos < QUIET.toNanos())) {
      return;
    }
    last = line;
    lastNanos = now;
    Duration elapsed = Duration.ofNanos(now - startNanos);
    out.printf(
        Locale.ROOT,
        "%02d:%02d:%02d  %s%n",
        elapsed.toHours(),
        elapsed.toMinutesPart(),
        elapsed.toSecondsPart(),
        line);
  }

  /** The line for a report. */
  static String line(BatchReport report) {
    Map<String, Long> states =
        report.batches().stream()
            .collect(
                Collectors.groupingBy(BatchProgress::state, TreeMap::new, Collectors.counting()));
    return String.format(
        Locale.ROOT,
        "%,d %s: %s; %,d of %,d requests answered",
        report.batches().size(),
        report.batches().size() == 1 ? "batch" : "batches",
        states.entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "%,d %s", e.getValue(), e.getKey()))
            .collect(Collectors.joining(", ")),
        report.answered(),
        report.requests());
  }

  private static String state(Batch batch) {
    return batch.isDone() ? "done" : batch.state();
  }
}

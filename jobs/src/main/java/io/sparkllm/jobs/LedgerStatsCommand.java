package io.sparkllm.jobs;

import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.LedgerStats;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ledger stats}: counts what a checkpoint holds. */
@Command(
    name = "stats",
    description = "Counts the answers and errors of a checkpoint; reads all of it.")
final class LedgerStatsCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "<directory>",
      description = "The checkpoint of a run; the job's default is <output>_checkpoint.")
  private String directory;

  @Override
  public Integer call() {
    Ledger ledger = LedgerDirectory.open(directory);
    try {
      print(ledger.directory(), ledger.stats(), ledger.buckets());
      return ExitCode.OK;
    } catch (IOException e) {
      return LedgerDirectory.failed("read", directory, e);
    }
  }

  private void print(String checkpoint, LedgerStats stats, int buckets) {
    PrintStream out = System.out;
    LedgerTable table = new LedgerTable(out);
    long errors = stats.errors().values().stream().mapToLong(Long::longValue).sum();
    table.text("checkpoint", checkpoint);
    table.number("answers", stats.answers());
    table.number("errors", errors);
    stats.errors().forEach(table::part);
    table.number("superseded", stats.superseded());
    table.number("segments", stats.segments());
    if (stats.openSegments() > 0) {
      table.part("open", stats.openSegments());
    }
    table.size("size", stats.bytes());
    table.troubles(stats.tornTails(), stats.damagedLines(), stats.unreadableSegments());
    if (stats.superseded() > stats.answers() + errors || stats.segments() > 4L * buckets) {
      table.text("hint", "ledger vacuum " + directory + " makes it smaller and faster to read");
    }
  }
}

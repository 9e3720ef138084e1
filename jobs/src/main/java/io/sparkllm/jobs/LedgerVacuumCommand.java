package io.sparkllm.jobs;

import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.VacuumReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ledger vacuum}: compacts a checkpoint. */
@Command(
    name = "vacuum",
    description =
        "Compacts a checkpoint: one file for each bucket, without what newer entries superseded."
            + " Runs may use it meanwhile, and stopping it loses nothing.")
final class LedgerVacuumCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "<directory>",
      description = "The checkpoint of a run; the job's default is <output>_checkpoint.")
  private String directory;

  @Override
  public Integer call() {
    Ledger ledger = LedgerDirectory.open(directory);
    try {
      print(ledger.directory(), ledger.vacuum());
      return ExitCode.OK;
    } catch (IOException e) {
      return LedgerDirectory.failed("compact", directory, e);
    }
  }

  private static void print(String checkpoint, VacuumReport report) {
    LedgerTable table = new LedgerTable(System.out);
    table.text("checkpoint", checkpoint);
    table.number("entries", report.entries());
    table.number("superseded", report.superseded());
    table.number("segments", report.segmentsAfter(), report.segmentsBefore());
    table.size("size", report.bytesAfter(), report.bytesBefore());
    table.troubles(report.tornTails(), report.damagedLines(), report.unreadableSegments());
  }
}

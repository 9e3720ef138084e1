package io.sparkllm.jobs;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ledger}: what a checkpoint holds, and its compaction. */
@Command(
    name = "ledger",
    description = "Looks into a checkpoint, or compacts it. Calls nothing and needs no key.",
    synopsisSubcommandLabel = "(stats | vacuum)")
final class LedgerCommand {
  /** With its own commands below it. */
  static CommandLine line() {
    return new CommandLine(new LedgerCommand())
        .addSubcommand(new LedgerStatsCommand())
        .addSubcommand(new LedgerVacuumCommand());
  }
}

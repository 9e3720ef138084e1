package io.sparkllm.jobs;

import io.sparkllm.ledger.Ledger;
import java.io.IOException;

/** The directory that a {@code ledger} command was given. */
final class LedgerDirectory {
  private LedgerDirectory() {}

  static Ledger open(String directory) {
    try {
      return Ledger.existing(directory, HadoopSettings.current());
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  /** Tells that a step failed; the result is the exit code. */
  static int failed(String verb, String directory, IOException e) {
    System.err.printf(
        "Error: Cannot %s the checkpoint %s: %s; nothing is lost, try again%n",
        verb, directory, Failures.firstLine(e));
    return ExitCode.FAILED;
  }
}

package io.sparkllm.jobs;

/** What the process tells its caller. */
final class ExitCode {
  /** Everything worked. */
  static final int OK = 0;

  /** Something failed on the way. */
  static final int FAILED = 1;

  /** The command cannot be carried out as it is written; nothing was called. */
  static final int USAGE = 2;

  /**
   * The output is written, but more rows failed than {@code maxErrorRatio} allows, or {@code
   * maxCost} or {@code maxTotalTokens} kept rows from being asked.
   */
  static final int TOO_MANY_ERRORS = 3;

  /** Batches have not ended; the same command goes on. */
  static final int NOT_ENDED = 4;

  private ExitCode() {}
}

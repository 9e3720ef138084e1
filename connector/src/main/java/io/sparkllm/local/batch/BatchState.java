package io.sparkllm.local.batch;

import java.util.Locale;

/** The states of a batch, as OpenAI's OpenAPI 2.3.0 has them. */
public enum BatchState {
  /** The input file is being read; nothing runs. */
  VALIDATING,
  /** The input file was refused: nothing ran. Terminal. */
  FAILED,
  /** Lines run. */
  IN_PROGRESS,
  /** All lines have run; the result files are being made. */
  FINALIZING,
  /** Terminal. */
  COMPLETED,
  /** The completion window has passed; what had run by then is kept. Terminal. */
  EXPIRED,
  /** A client asked to stop. */
  CANCELLING,
  /** Stopped; what had run by then is kept. Terminal. */
  CANCELLED;

  /**
   * Its name on the wire.
   *
   * @return e.g. {@code in_progress}
   */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether nothing happens any more.
   *
   * @return true for failed, completed, expired, cancelled
   */
  public boolean terminal() {
    return switch (this) {
      case FAILED, COMPLETED, EXPIRED, CANCELLED -> true;
      default -> false;
    };
  }
}

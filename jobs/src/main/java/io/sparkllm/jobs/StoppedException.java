package io.sparkllm.jobs;

/** The process is going down, by Ctrl-C or a signal, while a command runs. */
final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoppedException(Throwable cause) {
    super(cause);
  }
}

package io.sparkllm;

/**
 * A cause that stops a job: a wrong key, an unknown model, an empty quota, an unreachable endpoint,
 * too many failed rows. Its message is one line that names the problem and the cure and holds no
 * secret.
 */
public final class LlmException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message one line: problem and cure
   */
  public LlmException(String message) {
    super(message);
  }
}

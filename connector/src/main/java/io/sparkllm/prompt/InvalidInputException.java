package io.sparkllm.prompt;

/** A row that cannot be asked, such as one without any text; becomes the row's error. */
public final class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;

  /**
   * Makes the exception.
   *
   * @param code a short code for {@code error.code}, such as {@code empty_prompt}
   * @param message the sentence for {@code error.message}; holds no row data
   */
  public InvalidInputException(String code, String message) {
    // No stack trace: it is a row's result, made many times, never a bug to look for.
    super(message, null, false, false);
    this.code = code;
  }

  /**
   * The code for {@code error.code}.
   *
   * @return for example {@code empty_prompt}
   */
  public String code() {
    return code;
  }
}

package io.sparkllm.local;

/** Carries an {@link ApiError} out of request parsing. Has no stack trace: errors are load too. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ApiError error;

  ApiException(ApiError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  ApiError error() {
    return error;
  }
}

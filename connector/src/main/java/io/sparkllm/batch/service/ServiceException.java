package io.sparkllm.batch.service;

import io.sparkllm.openai.Failure;

/** A call about files or batches that failed. Its message is one line and holds no secret. */
public final class ServiceException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;
  private final boolean unknown;

  /**
   * Makes the exception.
   *
   * @param call what was asked, for the message
   * @param failure what went wrong
   * @param unknown whether the service may have done what it was asked all the same
   */
  ServiceException(String call, Failure failure, boolean unknown) {
    super(
        String.format(
            "%s: %s%s: %s",
            call,
            failure.error().type().wireName(),
            failure.error().status() == null ? "" : " (HTTP " + failure.error().status() + ")",
            failure.error().message()));
    this.failure = failure;
    this.unknown = unknown;
  }

  /**
   * What went wrong, and what to do.
   *
   * @return never null where the exception was not sent elsewhere
   */
  public Failure failure() {
    return failure;
  }

  /**
   * Whether the service may have done what it was asked all the same: the reply was lost.
   *
   * @return false where it refused
   */
  public boolean isUnknown() {
    return unknown;
  }

  /**
   * Whether the service says that there is no such thing.
   *
   * @return true for a 404, and for a 400 that says so
   */
  public boolean isNotFound() {
    Integer status = failure.error().status();
    return status != null
        && (status == 404
            || (status == 400
                && failure.error().message().matches("(?i).*cannot find.*|.*not exist.*")));
  }
}

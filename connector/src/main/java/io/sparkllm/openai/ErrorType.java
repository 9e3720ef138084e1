package io.sparkllm.openai;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The closed set of {@code error.type} in the error column. */
public enum ErrorType {
  /** The row itself cannot be asked: null or blank prompt, a cell that is too large. */
  INVALID_INPUT(false),
  /** The service refused this request (400, 413, 422). */
  INVALID_REQUEST(false),
  /** The prompt is longer than the model's context. */
  CONTEXT_LENGTH(false),
  /** The service's filter refused the prompt or the answer. */
  CONTENT_FILTER(false),
  /** The model declined to answer. */
  REFUSAL(false),
  /** The answer was cut by its length limit before it was usable. */
  TRUNCATED(false),
  /** The key is wrong or lacks a right (401, 403). */
  AUTH(false),
  /** The model or the path does not exist (404). */
  NOT_FOUND(false),
  /** The account's quota or credit is used up. */
  QUOTA(false),
  /** The service's rate limit. */
  RATE_LIMITED(true),
  /** The service failed (5xx). */
  SERVER(true),
  /** No whole answer within the time. */
  TIMEOUT(true),
  /** No connection, or one that broke. */
  CONNECTION(true),
  /** An answer that is not what the protocol says. */
  INVALID_RESPONSE(true),
  /** A typed answer that does not fit its schema. */
  SCHEMA_MISMATCH(true),
  /** A batch expired before this row was run. */
  BATCH_EXPIRED(true),
  /** A batch was cancelled before this row was run. */
  BATCH_CANCELLED(true),
  /** A batch ended without a word about this row. */
  BATCH_MISSING(true),
  /** A stopped run never asked this row. */
  NOT_ATTEMPTED(true);

  private final boolean retryable;

  ErrorType(boolean retryable) {
    this.retryable = retryable;
  }

  /**
   * Whether a later run may succeed where this one failed.
   *
   * @return the value of {@code error.retryable}
   */
  public boolean isRetryable() {
    return retryable;
  }

  /**
   * Whether a checkpoint keeps it: what is the job's fault (a wrong key, an empty quota) and what
   * was never asked says nothing about the row.
   *
   * @return false for what the next run has to find out anew
   */
  public boolean isKept() {
    return switch (this) {
      case INVALID_INPUT, AUTH, NOT_FOUND, QUOTA, NOT_ATTEMPTED -> false;
      default -> true;
    };
  }

  /**
   * Reads a name of the error column.
   *
   * @param name for example {@code rate_limited}
   * @return the type; empty where there is none of that name
   */
  public static Optional<ErrorType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.wireName().equals(name)).findFirst();
  }

  /**
   * The name in the error column.
   *
   * @return for example {@code rate_limited}
   */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.sparkllm.schema;

/** An answer that does not fit its schema: where, what stands there and what should. */
public final class SchemaMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final String path;
  private final String problem;

  private SchemaMismatchException(String code, String path, String problem) {
    // No stack trace: it is a row's result, made many times, never a bug to look for.
    super("$" + path + " " + problem, null, false, false);
    this.code = code;
    this.path = path;
    this.problem = problem;
  }

  static SchemaMismatchException of(String code, String problem) {
    return new SchemaMismatchException(code, "", problem);
  }

  /** The same, seen from the object or list that holds the value. */
  SchemaMismatchException within(String step) {
    return new SchemaMismatchException(code, step + path, problem);
  }

  /**
   * The code for {@code error.code}.
   *
   * @return for example {@code missing_field}
   */
  public String code() {
    return code;
  }
}

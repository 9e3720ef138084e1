package io.sparkllm.ledger;

/** What to tell of an exception in one line. */
final class Messages {
  private Messages() {}

  /** The message's first line; the exception's kind where it has none. */
  static String of(Throwable e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    return message
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .findFirst()
        .orElse(e.getClass().getSimpleName());
  }
}

package io.sparkllm.benchmark;

/** The rows' texts: about 600 characters each, no two the same. */
final class Prompts {
  private static final String FILLER =
      "The parcel was promised for Monday and came on Thursday, without the cable. ".repeat(8);

  private Prompts() {}

  static String of(long row) {
    return "Ticket " + row + ". " + FILLER;
  }

  /** The same as an expression of Spark over the column id. */
  static String sql() {
    return "concat('Ticket ', id, '. ', '" + FILLER + "')";
  }
}

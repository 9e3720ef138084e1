package io.sparkllm.schema;

/** What is said of a schema that cannot be used, before any call. */
final class Refused {
  private Refused() {}

  /**
   * What is wrong at a place.
   *
   * @param at the place; empty for the whole
   */
  static IllegalArgumentException at(String at, String problem, String cure) {
    return new IllegalArgumentException(
        "Option returns: " + (at.isEmpty() ? "the schema" : at) + " " + problem + "; " + cure);
  }

  /** The place of a part. */
  static String within(String at, String step) {
    return at.isEmpty() ? step : at + "." + step;
  }
}

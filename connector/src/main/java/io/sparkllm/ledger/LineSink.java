package io.sparkllm.ledger;

/** Takes the lines of segments. */
interface LineSink {
  /**
   * A whole line.
   *
   * @param buffer where it stands; to be copied, as it is used again
   * @param begin the index of its first byte
   * @param end the index behind its last byte; its end of line is not counted
   */
  void line(byte[] buffer, int begin, int end);
}

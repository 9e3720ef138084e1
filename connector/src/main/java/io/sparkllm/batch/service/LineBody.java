package io.sparkllm.batch.service;

import java.io.IOException;
import java.io.OutputStream;

/** What is uploaded: it can be written again when the connection broke. */
public interface LineBody {
  /**
   * Its length.
   *
   * @return bytes
   */
  long length();

  /**
   * Writes all of it.
   *
   * @param out where to; stays open
   * @throws IOException when it cannot be read or written
   */
  void writeTo(OutputStream out) throws IOException;
}

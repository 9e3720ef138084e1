package io.sparkllm.ledger;

import java.io.Serializable;

/**
 * What a file system does with a file that is being written.
 *
 * @param flushes whether what was flushed is there after the writer was killed
 * @param showsOpen whether others see the file before it is closed; where they do, a file has
 *     another name until then
 */
record Storage(boolean flushes, boolean showsOpen) implements Serializable {
  /** Not tried, for those who only read. */
  static final Storage UNTRIED = new Storage(false, true);
}

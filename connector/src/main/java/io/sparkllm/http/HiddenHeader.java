package io.sparkllm.http;

import org.apache.hc.core5.http.message.BasicHeader;

/** Prints without its value: the client logs each header where DEBUG is on. */
final class HiddenHeader extends BasicHeader {
  private static final long serialVersionUID = 1L;

  HiddenHeader(String name, String value) {
    super(name, value, true);
  }

  @Override
  public String toString() {
    return getName() + ": <hidden>";
  }
}

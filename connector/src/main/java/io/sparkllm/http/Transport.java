package io.sparkllm.http;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** Sends requests without waiting for their replies. */
public interface Transport extends AutoCloseable {
  /** An attempt that is under way. */
  interface Attempt {
    /**
     * Gives the attempt up: its connection is closed, and no reply is told any more.
     *
     * @return false when the reply was told already, or is being told
     */
    boolean abort();
  }

  /**
   * Sends one POST.
   *
   * @param url where to
   * @param headers request headers; the content type is added
   * @param body JSON in UTF-8
   * @param timeout time until the last byte of the response
   * @param onReply told exactly once, on a thread of the client, unless aborted before
   * @return the attempt
   */
  Attempt post(
      URI url, Map<String, String> headers, byte[] body, Duration timeout, Consumer<Reply> onReply);

  @Override
  void close();
}

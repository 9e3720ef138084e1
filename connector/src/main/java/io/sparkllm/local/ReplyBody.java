package io.sparkllm.local;

import java.io.Closeable;
import java.io.IOException;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/** The bytes of a reply. Belongs to one exchange; not thread-safe. */
interface ReplyBody extends Closeable {
  long length();

  /**
   * Writes as much as the connection takes now.
   *
   * @param position first byte to write
   * @param end first byte not to write
   * @return how many bytes were taken, possibly none
   */
  long write(DataStreamChannel out, long position, long end) throws IOException;
}

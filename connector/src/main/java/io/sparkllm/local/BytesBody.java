package io.sparkllm.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/** A body in memory. */
final class BytesBody implements ReplyBody {
  private final byte[] bytes;

  BytesBody(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Not copied: nobody writes into it. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public long length() {
    return bytes.length;
  }

  @Override
  public long write(DataStreamChannel out, long position, long end) throws IOException {
    return out.write(ByteBuffer.wrap(bytes, (int) position, (int) (end - position)));
  }

  @Override
  public void close() {}
}

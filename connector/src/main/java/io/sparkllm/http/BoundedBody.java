package io.sparkllm.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.nio.entity.AbstractBinAsyncEntityConsumer;
import org.apache.hc.core5.util.ByteArrayBuffer;

/** Collects a response body in memory, up to a bound: a runaway server must not fill the heap. */
final class BoundedBody extends AbstractBinAsyncEntityConsumer<byte[]> {
  /** The body went over the bound. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(int limit) {
      super("The response is longer than " + limit + " bytes");
    }
  }

  private final int limit;
  private final ByteArrayBuffer buffer = new ByteArrayBuffer(1024);

  BoundedBody(int limit) {
    this.limit = limit;
  }

  @Override
  protected void streamStart(ContentType contentType) {}

  @Override
  protected int capacityIncrement() {
    return Integer.MAX_VALUE;
  }

  @Override
  protected void data(ByteBuffer src, boolean endOfStream) throws IOException {
    if (src == null) {
      return;
    }
    if (buffer.length() + src.remaining() > limit) {
      throw new TooLargeException(limit);
    }
    buffer.append(src);
  }

  @Override
  protected byte[] generateContent() {
    return buffer.toByteArray();
  }

  @Override
  public void releaseResources() {
    buffer.clear();
  }
}

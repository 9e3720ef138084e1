package io.sparkllm.ledger;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;

/** Fails behind so many bytes. */
final class FailingStream extends FSInputStream {
  private final FSDataInputStream in;
  private final long behind;

  FailingStream(FSDataInputStream in, long behind) {
    this.in = in;
    this.behind = behind;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    long left = behind - in.getPos();
    if (left <= 0) {
      throw new IOException("Input/output error");
    }
    return in.read(into, offset, (int) Math.min(left, length));
  }

  @Override
  public void seek(long position) throws IOException {
    in.seek(position);
  }

  @Override
  public long getPos() throws IOException {
    return in.getPos();
  }

  @Override
  public boolean seekToNewSource(long position) {
    return false;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

package io.sparkllm.local;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/** A body on disk, opened with its first byte; a file that is deleted meanwhile is sent whole. */
final class FileBody implements ReplyBody {
  private static final int PIECE = 65_536;

  private final Path path;
  private final long length;
  private FileChannel file;

  FileBody(Path path, long length) {
    this.path = path;
    this.length = length;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public long write(DataStreamChannel out, long position, long end) throws IOException {
    if (file == null) {
      file = FileChannel.open(path, StandardOpenOption.READ);
    }
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, end - position));
    if (piece.hasRemaining() && file.read(piece, position) < 0) {
      throw new EOFException("Shorter than it was: " + path);
    }
    return out.write(piece.flip());
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}

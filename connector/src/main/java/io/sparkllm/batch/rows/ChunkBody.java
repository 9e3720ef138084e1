package io.sparkllm.batch.rows;

import io.sparkllm.batch.service.LineBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/** Chunks as one file, read as they are sent. */
final class ChunkBody implements LineBody {
  private final ChunkFiles files;
  private final List<Chunk> chunks;

  ChunkBody(ChunkFiles files, List<Chunk> chunks) {
    this.files = files;
    this.chunks = chunks;
  }

  @Override
  public long length() {
    return chunks.stream().mapToLong(Chunk::bytes).sum();
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    for (Chunk chunk : chunks) {
      try (InputStream in = files.open(chunk)) {
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          Cancelled.check();
          out.write(buffer, 0, n);
        }
      }
    }
  }
}

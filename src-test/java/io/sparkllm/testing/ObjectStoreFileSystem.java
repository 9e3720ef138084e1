package io.sparkllm.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Local files that behave as objects of a store: {@code objects:/some/path} is {@code /some/path}.
 * A file is there when it is closed, whole and at once; until then it is in memory, and lost with
 * the process. Nothing can be flushed, and nothing renamed. Set {@code fs.objects.impl} to this
 * class, or use {@link #configure}.
 */
public final class ObjectStoreFileSystem extends RawLocalFileSystem {
  private static final String SCHEME = "objects";

  /** Makes the scheme known. */
  public static Configuration configure(Configuration hadoop) {
    hadoop.setClass(
        "fs." + SCHEME + ".impl", ObjectStoreFileSystem.class, RawLocalFileSystem.class);
    return hadoop;
  }

  /** A folder's name here. */
  public static String store(java.nio.file.Path folder) {
    return SCHEME + ":" + folder.toAbsolutePath();
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  protected OutputStream createOutputStreamWithMode(
      Path file, boolean append, FsPermission permission) {
    return new Upload(pathToFile(file).toPath());
  }

  @Override
  public boolean rename(Path from, Path to) {
    throw new UnsupportedOperationException("A store cannot rename " + from);
  }

  private static final class Upload extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final java.nio.file.Path file;
    private boolean closed;

    Upload(java.nio.file.Path file) {
      this.file = file;
    }

    @Override
    public void write(int b) {
      bytes.write(b);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      bytes.write(from, offset, length);
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      // Hidden, and on the same file system, so that it appears at once.
      java.nio.file.Path upload =
          Files.write(file.resolveSibling(".upload-" + UUID.randomUUID()), bytes.toByteArray());
      Files.move(upload, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}

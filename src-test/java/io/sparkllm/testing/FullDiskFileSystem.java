package io.sparkllm.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Local files on a small disk: {@code fulldisk:/some/path} is {@code /some/path}. A folder with a
 * file {@code .disk} is a disk, and that file holds its size in bytes as a number. What does not
 * fit is written as far as it goes and fails, in every process that writes there; a test may write
 * another size at any time. Set {@code fs.fulldisk.impl} to this class, or use {@link #configure}.
 */
public final class FullDiskFileSystem extends RawLocalFileSystem {
  private static final String SCHEME = "fulldisk";
  private static final String SIZE = ".disk";

  /** Makes the scheme known. */
  public static Configuration configure(Configuration hadoop) {
    hadoop.setClass("fs." + SCHEME + ".impl", FullDiskFileSystem.class, RawLocalFileSystem.class);
    return hadoop;
  }

  /**
   * Makes a folder a disk of so many bytes, or changes its size; returns the folder's name here.
   */
  public static String disk(java.nio.file.Path folder, long bytes) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(SIZE), String.valueOf(bytes));
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
      Path file, boolean append, FsPermission permission) throws IOException {
    return new Limited(
        super.createOutputStreamWithMode(file, append, permission),
        pathToFile(file).toPath().toAbsolutePath());
  }

  private static final class Limited extends OutputStream implements Syncable, StreamCapabilities {
    private final OutputStream out;
    private final java.nio.file.Path file;

    Limited(OutputStream out, java.nio.file.Path file) {
      this.out = out;
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      long room = Math.max(0, room());
      out.write(bytes, offset, (int) Math.min(room, length));
      out.flush();
      if (room < length) {
        throw new IOException("No space left on device");
      }
    }

    /** Bytes that are left on the disk. */
    private long room() throws IOException {
      java.nio.file.Path disk = file;
      while (disk != null && !Files.exists(disk.resolve(SIZE))) {
        disk = disk.getParent();
      }
      if (disk == null) {
        return Long.MAX_VALUE;
      }
      long size = Long.parseLong(Files.readString(disk.resolve(SIZE)).strip());
      try (Stream<java.nio.file.Path> files = Files.walk(disk)) {
        return size - files.mapToLong(Limited::length).sum();
      } catch (UncheckedIOException e) {
        // Something was renamed meanwhile.
        return room();
      }
    }

    private static long length(java.nio.file.Path path) {
      try {
        return Files.isRegularFile(path) && !path.endsWith(SIZE) ? Files.size(path) : 0;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void hflush() throws IOException {
      out.flush();
    }

    @Override
    public void hsync() throws IOException {
      out.flush();
    }

    @Override
    public boolean hasCapability(String capability) {
      return capability.equals("hflush") || capability.equals("hsync");
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}

package io.sparkllm.ledger;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** Local files; a test steps in before each operation, and may let it fail. */
final class HookedFiles extends FilterFileSystem {
  /** What is about to happen. */
  enum Step {
    OPEN,
    CREATE,
    WRITE,
    FLUSH,
    CLOSE,
    RENAME,
    DELETE
  }

  /** Steps in. */
  interface Hook {
    void before(Step step, Path path) throws IOException;
  }

  private final Hook hook;

  HookedFiles(Hook hook) throws IOException {
    super(new RawLocalFileSystem());
    this.hook = hook;
    fs.initialize(URI.create("file:///"), new Configuration());
  }

  /** The files of a ledger, seen through the hook. */
  static LedgerFiles of(java.nio.file.Path folder, Hook hook) throws IOException {
    return new LedgerFiles(new HookedFiles(hook), new Path(folder.toUri()));
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    hook.before(Step.OPEN, path);
    return super.open(path, bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    hook.before(Step.CREATE, path);
    FSDataOutputStream out =
        super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(out, null) {
      @Override
      public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        hook.before(Step.WRITE, path);
        super.write(bytes, offset, length);
      }

      @Override
      public void hflush() throws IOException {
        hook.before(Step.FLUSH, path);
        super.hflush();
      }

      @Override
      public void close() throws IOException {
        hook.before(Step.CLOSE, path);
        super.close();
      }
    };
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    hook.before(Step.RENAME, from);
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    hook.before(Step.DELETE, path);
    return super.delete(path, recursive);
  }
}

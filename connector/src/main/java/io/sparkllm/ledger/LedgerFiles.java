package io.sparkllm.ledger;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of one ledger, and those that others keep below it. Where a local file system checks
 * sums, it is the one below, which shows a file as it is written. Thread-safe.
 */
public final class LedgerFiles {
  /** Begins the name of everything that a ledger keeps beside its answers. */
  static final String OWN = "_ledger";

  private static final String ANSWERS = "answers";

  /** Below 64 KB, small lines cost a system call each. */
  private static final int BUFFER = 1 << 16;

  /** The capability's name; Hadoop's constant for it is deprecated, the capability is not. */
  private static final String HFLUSH = "hflush";

  private final FileSystem files;
  private final Path root;

  LedgerFiles(FileSystem files, Path root) {
    this.files = files;
    this.root = root;
  }

  /**
   * Finds the file system; looks at nothing yet.
   *
   * @throws IllegalArgumentException when the directory is no path
   */
  static LedgerFiles of(String directory, Configuration hadoop) throws IOException {
    Path path = new Path(directory);
    FileSystem cached = path.getFileSystem(hadoop);
    // The checksummed file system shows nothing of a file before it is closed, flushed or not. The
    // one below it is used directly, as a change of the cached instance would be everybody's.
    return new LedgerFiles(
        cached instanceof ChecksumFileSystem checksummed ? checksummed.getRawFileSystem() : cached,
        cached.makeQualified(path));
  }

  /**
   * The ledger's directory.
   *
   * @return with its file system
   */
  public Path root() {
    return root;
  }

  /**
   * A path below the directory.
   *
   * @param name a name, or several with slashes
   * @return the path
   */
  public Path file(String name) {
    return new Path(root, name);
  }

  Path bucket(int bucket) {
    return new Path(new Path(root, ANSWERS), String.format(Locale.ROOT, "%03d", bucket));
  }

  /**
   * Whether there is something.
   *
   * @param path where
   * @return true for files and directories
   * @throws IOException when the file system cannot tell
   */
  public boolean exists(Path path) throws IOException {
    return files.exists(path);
  }

  /**
   * Reads a file.
   *
   * @param path the file
   * @return to be closed
   * @throws IOException when it is not there or cannot be read
   */
  public FSDataInputStream open(Path path) throws IOException {
    return files.open(path, BUFFER);
  }

  /**
   * Makes a file that is not there yet, and its directories.
   *
   * @param path the file
   * @return to be closed
   * @throws IOException when it is there, or cannot be made
   */
  public FSDataOutputStream create(Path path) throws IOException {
    return files.create(path, false, BUFFER);
  }

  /**
   * Renames a file.
   *
   * @param from its name
   * @param to its new name, which nobody has
   * @throws IOException when that fails
   */
  public void rename(Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("Cannot rename " + from + " to " + to.getName());
    }
  }

  long length(Path path) throws IOException {
    return files.getFileStatus(path).getLen();
  }

  /**
   * Removes a file, if it is there.
   *
   * @param path the file
   * @throws IOException when that fails
   */
  public void delete(Path path) throws IOException {
    files.delete(path, false);
  }

  /**
   * What lies in a directory.
   *
   * @param directory which
   * @return empty where there is none
   * @throws IOException when it cannot be listed
   */
  public List<FileStatus> list(Path directory) throws IOException {
    try {
      return List.of(files.listStatus(directory));
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  /**
   * A bucket's segments, by name. Where segments are renamed, a listing at the same moment may show
   * neither of the two names: there it is repeated until two agree.
   */
  List<FileStatus> segments(int bucket, Storage storage) throws IOException {
    List<FileStatus> found = segments(bucket);
    Set<String> names = Set.of();
    for (int i = 0; storage.showsOpen() && i < 5 && !names.equals(names(found)); i++) {
      names = names(found);
      found = segments(bucket);
    }
    return found;
  }

  private List<FileStatus> segments(int bucket) throws IOException {
    return list(bucket(bucket)).stream()
        .filter(status -> status.isFile() && SegmentName.isOne(status.getPath().getName()))
        .sorted(Comparator.comparing(status -> status.getPath().getName()))
        .toList();
  }

  private static Set<String> names(List<FileStatus> statuses) {
    Set<String> names = new HashSet<>();
    statuses.forEach(status -> names.add(status.getPath().getName()));
    return names;
  }

  /**
   * Writes a small file that nobody sees before it is whole.
   *
   * @param path the file, which is not there yet
   * @param content all of it
   * @throws IOException when it is there, or cannot be written
   */
  public void write(Path path, byte[] content) throws IOException {
    if (exists(path)) {
      throw new IOException(path + " is there already");
    }
    Path part = new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID());
    try (FSDataOutputStream out = create(part)) {
      out.write(content);
    }
    rename(part, path);
  }

  /**
   * Writes a small file, whatever stood there before. Readers may meet a part of it.
   *
   * @param path the file
   * @param content all of it
   * @throws IOException when it cannot be written
   */
  public void replace(Path path, byte[] content) throws IOException {
    try (FSDataOutputStream out = files.create(path, true)) {
      out.write(content);
    }
  }

  /**
   * Reads a small file.
   *
   * @param path the file
   * @return all of it; null where it is not there
   * @throws IOException when it cannot be read
   */
  public byte[] read(Path path) throws IOException {
    try (FSDataInputStream in = open(path)) {
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  /** Tries to write, which makes the directory, and sees what the file system can do. */
  Storage probe() throws IOException {
    Path probe = file(OWN + "-probe-" + UUID.randomUUID());
    Storage storage;
    try (FSDataOutputStream out = create(probe)) {
      out.write("probe\n".getBytes(StandardCharsets.US_ASCII));
      storage = new Storage(out.hasCapability(HFLUSH), files.exists(probe));
    }
    files.delete(probe, false);
    return storage;
  }

  /** Names in the directory that are not a ledger's own; hidden files are nobody's. */
  List<String> strangers() throws IOException {
    return list(root).stream()
        .map(status -> status.getPath().getName())
        .filter(name -> !name.startsWith(OWN) && !name.startsWith("."))
        .sorted()
        .toList();
  }

  /** Whether the path is there and no directory. */
  boolean isFile() throws IOException {
    return list(root).stream().anyMatch(status -> status.isFile() && status.getPath().equals(root));
  }
}

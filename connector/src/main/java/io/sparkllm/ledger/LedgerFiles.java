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

/** The files of one ledger. Thread-safe. */
final class LedgerFiles {
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

  Path root() {
    return root;
  }

  Path file(String name) {
    return new Path(root, name);
  }

  Path bucket(int bucket) {
    return new Path(new Path(root, ANSWERS), String.format(Locale.ROOT, "%03d", bucket));
  }

  boolean exists(Path path) throws IOException {
    return files.exists(path);
  }

  FSDataInputStream open(Path path) throws IOException {
    return files.open(path, BUFFER);
  }

  /** Makes a file that is not there yet, and its directories. */
  FSDataOutputStream create(Path path) throws IOException {
    return files.create(path, false, BUFFER);
  }

  void rename(Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("Cannot rename " + from + " to " + to.getName());
    }
  }

  long length(Path path) throws IOException {
    return files.getFileStatus(path).getLen();
  }

  /** Removes a file, if it is there. */
  void delete(Path path) throws IOException {
    files.delete(path, false);
  }

  /** What lies in a directory; nothing where there is none. */
  List<FileStatus> list(Path directory) throws IOException {
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

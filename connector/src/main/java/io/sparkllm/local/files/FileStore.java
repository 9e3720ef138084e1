package io.sparkllm.local.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Files in a folder of their own below {@code java.io.tmpdir}, made with the first file and removed
 * by {@link #close} or, at the latest, when the JVM ends. Thread-safe.
 */
public final class FileStore implements AutoCloseable {
  private final LongSupplier epochSeconds;
  private final Catalog<StoredFile> files = new Catalog<>();
  private final AtomicLong scratches = new AtomicLong();
  private final Thread atExit = new Thread(this::removeFolder, "spark-llm-local-files-exit");
  private Path folder;
  private boolean closed;

  /**
   * Makes an empty store.
   *
   * @param epochSeconds the clock by which files are dated and expire, in seconds since 1970
   */
  public FileStore(LongSupplier epochSeconds) {
    this.epochSeconds = epochSeconds;
  }

  /**
   * A path for a new file.
   *
   * @return in the store's folder, not yet used; whoever asks must {@link #add} or delete it
   * @throws IOException when the folder cannot be made, or the store is closed
   */
  public Path scratch() throws IOException {
    return folder().resolve("f" + scratches.incrementAndGet());
  }

  /**
   * Keeps a file that was written to a {@link #scratch} path.
   *
   * @param path of the whole content
   * @param description what it is
   * @return the file under its new id
   * @throws IOException when the content cannot be found
   */
  public StoredFile add(Path path, StoredFile.Description description) throws IOException {
    String id = "file-" + UUID.randomUUID().toString().replace("-", "").substring(0, 24);
    StoredFile file =
        new StoredFile(id, path, Files.size(path), description, epochSeconds.getAsLong());
    files.add(id, file);
    return file;
  }

  /**
   * Finds a file.
   *
   * @param id its id
   * @return null when there is none, or it was deleted, or has expired
   */
  public StoredFile find(String id) {
    StoredFile file = files.find(id);
    if (file != null && expired(file)) {
      delete(id);
      return null;
    }
    return file;
  }

  /**
   * Deletes a file. Who reads it at this moment reads on.
   *
   * @param id its id
   * @return whether there was one
   */
  public boolean delete(String id) {
    StoredFile file = files.remove(id);
    if (file == null) {
      return false;
    }
    remove(file.path());
    return true;
  }

  /**
   * One page of the files that have not expired.
   *
   * @param after id of the last file of the page before; null = from the start
   * @param limit most files on the page
   * @param order which end comes first
   * @param purpose files of this purpose alone; null = any
   * @return the page; null when there is no {@code after}
   */
  public Catalog.Page<StoredFile> page(
      String after, int limit, Catalog.Order order, String purpose) {
    return files.page(
        after,
        limit,
        order,
        file ->
            !expired(file) && (purpose == null || purpose.equals(file.description().purpose())));
  }

  /**
   * How many files there are.
   *
   * @return files that were neither deleted nor have expired
   */
  public long size() {
    return files.all().stream().filter(file -> !expired(file)).count();
  }

  /** Removes all files and the folder. */
  @Override
  public void close() {
    synchronized (this) {
      if (folder != null && !closed) {
        try {
          Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
          // The JVM ends: the hook runs, or has run, by itself.
        }
      }
      closed = true;
    }
    removeFolder();
  }

  private boolean expired(StoredFile file) {
    return file.expiresAt() > 0 && epochSeconds.getAsLong() >= file.expiresAt();
  }

  private synchronized Path folder() throws IOException {
    if (closed) {
      throw new IOException("The local endpoint is closed");
    }
    if (folder == null) {
      folder = Files.createTempDirectory("spark-llm-local-");
      Runtime.getRuntime().addShutdownHook(atExit);
    }
    return folder;
  }

  private void removeFolder() {
    Path made;
    synchronized (this) {
      made = folder;
      closed = true;
    }
    if (made == null || !Files.exists(made)) {
      return;
    }
    try (Stream<Path> left = Files.list(made)) {
      left.forEach(FileStore::remove);
    } catch (IOException | UncheckedIOException e) {
      // What cannot be listed cannot be removed; the system clears its temporary folder.
    }
    remove(made);
  }

  private static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // Nobody could do anything about it; close() tries once more.
    }
  }
}

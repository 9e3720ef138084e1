package io.sparkllm.batch.rows;

import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.LedgerFiles;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Where chunks lie: below the checkpoint, as they hold prompts and belong to its rows. */
public final class ChunkFiles {
  /** The directory of everything about batches. */
  public static final String DIRECTORY = "_ledger-batch";

  private final LedgerFiles files;

  /**
   * Finds them.
   *
   * @param ledger the checkpoint
   * @throws IOException when its file system cannot be reached
   */
  public ChunkFiles(Ledger ledger) throws IOException {
    this.files = ledger.files();
  }

  private Path directory() {
    return files.file(DIRECTORY + "/chunks");
  }

  private Path path(String name) {
    return new Path(directory(), name);
  }

  LineReader read(Chunk chunk) throws IOException {
    return new LineReader(files.open(path(chunk.name())));
  }

  InputStream open(Chunk chunk) throws IOException {
    return files.open(path(chunk.name()));
  }

  ChunkWriter writer(FileLimits file, Ledger ledger) {
    return new ChunkWriter(file.chunk(), ledger, name -> files.create(path(name)));
  }

  /**
   * Removes chunks that nobody names: what killed and repeated tasks left behind.
   *
   * @param named the names of all others
   * @throws IOException when the directory cannot be listed or written
   */
  public void keepOnly(Set<String> named) throws IOException {
    for (FileStatus file : files.list(directory())) {
      if (!named.contains(file.getPath().getName())) {
        files.delete(file.getPath());
      }
    }
  }

  /**
   * Removes chunks.
   *
   * @param chunks which
   * @throws IOException when that fails
   */
  public void delete(List<Chunk> chunks) throws IOException {
    for (Chunk chunk : new ArrayList<>(chunks)) {
      files.delete(path(chunk.name()));
    }
  }
}

package io.sparkllm.ledger;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.hadoop.conf.Configuration;

/**
 * A directory of finished answers, found by the fingerprint of their request. Several runs may
 * write and read it at once, on any Hadoop file system. Opened on the driver, it travels to
 * executors with the Hadoop configuration, so it must not be printed or kept. Thread-safe.
 */
public final class Ledger implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String directory;
  private final int buckets;
  private transient Configuration hadoop;
  private transient LedgerFiles files;

  /** Null until it was tried. */
  private Storage storage;

  private Ledger(LedgerFiles files, LedgerFormat format, Storage storage, Configuration hadoop) {
    this.directory = files.root().toString();
    this.buckets = format.buckets();
    this.hadoop = hadoop;
    this.files = files;
    this.storage = storage;
  }

  /**
   * Opens a ledger for writing, and makes it where there is none. Tries whether the directory can
   * be written.
   *
   * @param directory a directory of any Hadoop file system: a ledger, empty, or not there yet
   * @param hadoop where file systems and their settings are found, as Spark's {@code
   *     hadoopConfiguration()}
   * @return the ledger
   * @throws IllegalArgumentException when the directory cannot be used: one line with the option
   *     {@code checkpoint}, the directory and the cure
   */
  public static Ledger open(String directory, Configuration hadoop) {
    try {
      LedgerFiles files = LedgerFiles.of(directory, hadoop);
      LedgerFormat format = formatOrEmpty(files);
      Storage storage = probe(files);
      if (format == null) {
        format = LedgerFormat.create(files, storage);
      }
      return new Ledger(files, format, storage, hadoop);
    } catch (IOException | RuntimeException e) {
      throw unusable(directory, e);
    }
  }

  /**
   * Finds a ledger that is there. Writes nothing, so a directory that may only be read will do.
   *
   * @param directory a ledger's directory
   * @param hadoop as for {@link #open}
   * @return the ledger
   * @throws IllegalArgumentException when the directory is no ledger that this version reads: one
   *     line as for {@link #open}
   */
  public static Ledger existing(String directory, Configuration hadoop) {
    try {
      LedgerFiles files = LedgerFiles.of(directory, hadoop);
      LedgerFormat format = LedgerFormat.read(files);
      if (format == null) {
        throw new LedgerFormat.UnusableException(
            files.exists(files.root())
                ? "which is no checkpoint: there is no "
                    + LedgerFormat.FILE
                    + " in it; give the directory that a run had as its checkpoint"
                : "which is not there; give the directory that a run had as its checkpoint");
      }
      return new Ledger(files, format, null, hadoop);
    } catch (IOException | RuntimeException e) {
      throw unusable(directory, e);
    }
  }

  /**
   * As {@link #existing}, where a first run may not have made it yet.
   *
   * @param directory a ledger's directory, or one to be
   * @param hadoop as for {@link #open}
   * @return null where nothing is there
   * @throws IllegalArgumentException when something else is there
   */
  public static Ledger ifExists(String directory, Configuration hadoop) {
    try {
      LedgerFiles files = LedgerFiles.of(directory, hadoop);
      LedgerFormat format = formatOrEmpty(files);
      return format == null ? null : new Ledger(files, format, null, hadoop);
    } catch (IOException | RuntimeException e) {
      throw unusable(directory, e);
    }
  }

  /** Null for an empty directory. */
  private static LedgerFormat formatOrEmpty(LedgerFiles files) throws IOException {
    LedgerFormat format = LedgerFormat.read(files);
    if (format != null) {
      return format;
    }
    if (files.isFile()) {
      throw new LedgerFormat.UnusableException("which is a file; give a directory");
    }
    List<String> strangers = files.strangers();
    if (strangers.isEmpty()) {
      return null;
    }
    // Or somebody else made it between the two looks, and writes already.
    format = LedgerFormat.read(files);
    if (format == null) {
      throw new LedgerFormat.UnusableException(
          "which holds other things ("
              + strangers.get(0)
              + ") and is no checkpoint; give an empty or a new directory");
    }
    return format;
  }

  private static Storage probe(LedgerFiles files) throws IOException {
    try {
      return files.probe();
    } catch (IOException e) {
      throw new LedgerFormat.UnusableException(
          "which cannot be written: "
              + Messages.of(e)
              + "; give a directory that driver and executors may write");
    }
  }

  private static IllegalArgumentException unusable(String directory, Exception e) {
    String why =
        e instanceof LedgerFormat.UnusableException
            ? e.getMessage()
            : "which cannot be used: "
                + Messages.of(e)
                + "; give a directory that driver and executors can reach";
    return new IllegalArgumentException("Option checkpoint is '" + directory + "', " + why, e);
  }

  /**
   * The directory, with its file system.
   *
   * @return for example {@code hdfs://cluster/answers}
   */
  public String directory() {
    return directory;
  }

  /**
   * Into how many ranges of fingerprints the answers are divided. Fixed when a ledger is made.
   *
   * @return from 1 to 1000; 256 for a new one
   */
  public int buckets() {
    return buckets;
  }

  /**
   * The bucket of a fingerprint. Ascending fingerprints have ascending buckets.
   *
   * @param fingerprint 64 lower-case hexadecimal digits
   * @return from 0 to {@link #buckets} - 1
   * @throws IllegalArgumentException when it is no fingerprint
   */
  public int bucketOf(String fingerprint) {
    return Fingerprints.bucket(fingerprint, buckets);
  }

  /**
   * Reads a bucket, as it is now.
   *
   * @param bucket from 0 to {@link #buckets} - 1
   * @return what finds its entries
   * @throws IOException when the bucket cannot be listed; segments that cannot be read are skipped
   *     with a warning
   */
  public BucketReader read(int bucket) throws IOException {
    return new BucketReader(files(), known(), bucket, BucketReader.SLICE_BYTES);
  }

  /**
   * Finds entries of any bucket, as it is when the first of it is asked for.
   *
   * @return for one thread
   */
  public LedgerLookup lookup() {
    return new LedgerLookup(this);
  }

  /**
   * A writer with segments of its own.
   *
   * @return to be closed
   * @throws IOException when the file system cannot be reached
   */
  public LedgerWriter writer() throws IOException {
    return writer(System::nanoTime);
  }

  LedgerWriter writer(LongSupplier nanoTime) throws IOException {
    return new LedgerWriter(this, files(), storage(), nanoTime);
  }

  /**
   * Counts what the ledger holds; reads all of it.
   *
   * @return the counts
   * @throws IOException when it cannot be listed
   */
  public LedgerStats stats() throws IOException {
    return StatsCollector.collect(files(), known(), buckets);
  }

  /**
   * Puts each bucket's closed segments into one, with the one entry that counts of each
   * fingerprint. Others may write and read meanwhile. A crash at any moment loses nothing. Segments
   * that are open stay as they are, unless nobody wrote them for 48 hours.
   *
   * @return what was done
   * @throws IOException when the ledger cannot be listed or written
   */
  public VacuumReport vacuum() throws IOException {
    return new Vacuum(files(), storage(), System::currentTimeMillis, Vacuum.sliceBytes())
        .run(buckets);
  }

  /**
   * The file system, for what others keep below the directory under names that begin with {@code
   * _ledger}.
   *
   * @return its files
   * @throws IOException when the file system cannot be reached
   */
  public synchronized LedgerFiles files() throws IOException {
    if (files == null) {
      files = LedgerFiles.of(directory, hadoop);
    }
    return files;
  }

  private synchronized Storage known() {
    return storage == null ? Storage.UNTRIED : storage;
  }

  /** Tries the file system where that was not done yet. */
  private synchronized Storage storage() throws IOException {
    if (storage == null) {
      storage = files().probe();
    }
    return storage;
  }

  @Override
  public String toString() {
    return "Ledger[" + directory + "]";
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    synchronized (this) {
      out.defaultWriteObject();
    }
    hadoop.write(out);
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    hadoop = new Configuration(false);
    hadoop.readFields(in);
  }
}

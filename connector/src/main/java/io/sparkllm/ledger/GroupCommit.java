package io.sparkllm.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the entries of one task, on a daemon thread of its own: whatever waits is written together
 * and made durable at once, then each entry's action runs. That is within 100 ms where the file
 * system can flush; where a file is there only when it is closed, actions run as soon as the entry
 * was handed to the file system. Thread-safe.
 */
public final class GroupCommit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

  /** Between two commits: to wake a thread for each entry costs more than to write it. */
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

  /** How often segments that are old enough are looked for while nothing comes. */
  private static final long IDLE = TimeUnit.SECONDS.toNanos(1);

  /** How long {@link #close} waits for a file system that hangs. */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

  private record Waiting(Entry entry, Runnable whenDurable) {}

  private final LedgerWriter writer;
  private final LongSupplier nanoTime;
  private final Thread thread;
  private final Object lock = new Object();

  /** Calls on their way, by bucket. */
  private final Map<Integer, Integer> expected = new HashMap<>();

  private final Set<Integer> passed = new HashSet<>();
  private List<Waiting> waiting = new ArrayList<>();
  private List<Integer> leaving = new ArrayList<>();
  private boolean idle;
  private boolean closing;
  private volatile IOException failure;

  /**
   * Starts the thread.
   *
   * @param writer what it writes to; closed by this one
   */
  public GroupCommit(LedgerWriter writer) {
    this(writer, System::nanoTime);
  }

  GroupCommit(LedgerWriter writer, LongSupplier nanoTime) {
    this.writer = writer;
    this.nanoTime = nanoTime;
    this.thread = new Thread(this::run, "spark-llm-ledger");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * A call goes out, so that an entry of this bucket may come. Ended by {@link #add} or {@link
   * #abandon}.
   *
   * @param bucket its bucket
   */
  public void expect(int bucket) {
    synchronized (lock) {
      expected.merge(bucket, 1, Integer::sum);
    }
  }

  /**
   * Takes an entry to be written. After a failure, and after {@link #close}, it is dropped.
   *
   * @param entry the entry
   * @param whenDurable runs when it is durable, on the writing thread, so it must be short; never
   *     after a failure
   */
  public void add(Entry entry, Runnable whenDurable) {
    int bucket = writer.ledger().bucketOf(entry.fingerprint());
    synchronized (lock) {
      if (failure == null && !closing) {
        waiting.add(new Waiting(entry, whenDurable));
      }
      ended(bucket);
      wake();
    }
  }

  /**
   * A call ended without an entry.
   *
   * @param bucket its bucket
   */
  public void abandon(int bucket) {
    synchronized (lock) {
      ended(bucket);
      wake();
    }
  }

  /**
   * No further call goes out for a bucket: its segment ends when none is expected any more.
   *
   * @param bucket the bucket
   */
  public void passed(int bucket) {
    synchronized (lock) {
      passed.add(bucket);
      leaveIfDone(bucket);
      wake();
    }
  }

  private void ended(int bucket) {
    expected.computeIfPresent(bucket, (key, count) -> count == 1 ? null : count - 1);
    leaveIfDone(bucket);
  }

  private void leaveIfDone(int bucket) {
    if (passed.contains(bucket) && !expected.containsKey(bucket)) {
      passed.remove(bucket);
      leaving.add(bucket);
    }
  }

  private void wake() {
    // Between two commits it looks by itself.
    if (idle) {
      idle = false;
      lock.notifyAll();
    }
  }

  /**
   * Why nothing is written any more.
   *
   * @return null while all is well; one line that names the checkpoint and the cause
   */
  public IOException failure() {
    return failure;
  }

  private void run() {
    try (writer) {
      boolean last = false;
      while (!last) {
        List<Waiting> batch;
        List<Integer> left;
        synchronized (lock) {
          awaitWork();
          batch = waiting;
          waiting = new ArrayList<>();
          left = leaving;
          leaving = new ArrayList<>();
          last = closing;
        }
        commit(batch);
        for (int bucket : left) {
          writer.leave(bucket);
        }
        synchronized (lock) {
          pause();
        }
      }
    } catch (IOException e) {
      fail(e);
    } catch (Throwable e) {
      // Whatever it is, the task that waits for its entries has to learn of it.
      fail(new IOException("Writing to the checkpoint failed: " + e, e));
    }
  }

  private void commit(List<Waiting> batch) throws IOException {
    for (Waiting next : batch) {
      writer.append(next.entry);
    }
    if (writer.flushes()) {
      writer.flush();
      tell(batch);
    } else {
      // First, as ending a segment may be an upload of several seconds.
      tell(batch);
      writer.flush();
    }
  }

  private static void tell(List<Waiting> batch) {
    for (Waiting next : batch) {
      try {
        next.whenDurable.run();
      } catch (RuntimeException e) {
        LOG.error("What follows a durable answer failed", e);
      }
    }
  }

  private void pause() throws InterruptedException {
    long until = nanoTime.getAsLong() + PAUSE;
    for (long left = PAUSE; !closing && left > 0; left = until - nanoTime.getAsLong()) {
      TimeUnit.NANOSECONDS.timedWait(lock, left);
    }
  }

  private void awaitWork() throws InterruptedException {
    if (!closing && waiting.isEmpty() && leaving.isEmpty()) {
      idle = true;
      TimeUnit.NANOSECONDS.timedWait(lock, IDLE);
      idle = false;
    }
  }

  private void fail(IOException cause) {
    LOG.warn(cause.getMessage());
    synchronized (lock) {
      failure = cause;
      waiting.clear();
    }
  }

  /**
   * Writes what was added, ends all segments and the thread. Look at {@link #failure} afterwards:
   * it may be the last write that fails. Waits at most 30 seconds, in spite of interrupts, which
   * stay set.
   */
  @Override
  public void close() {
    synchronized (lock) {
      closing = true;
      lock.notifyAll();
    }
    boolean interrupted = false;
    long until = nanoTime.getAsLong() + PATIENCE;
    for (long left = PATIENCE; thread.isAlive() && left > 0; left = until - nanoTime.getAsLong()) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (thread.isAlive()) {
      fail(
          new IOException(
              String.format(
                  "The checkpoint %s took no answers for %d s; those that came last may be missing",
                  writer.ledger().directory(), TimeUnit.NANOSECONDS.toSeconds(PATIENCE))));
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

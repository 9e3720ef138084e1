package io.sparkllm.batch;

import io.sparkllm.LlmException;
import io.sparkllm.batch.rows.ChunkFiles;
import io.sparkllm.coordination.ProcessSign;
import io.sparkllm.ledger.LedgerFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One driver alone works on a checkpoint's batches: the one whose name stands in the owner file. It
 * shows every few seconds that it lives. Another one watches it for a while, and is refused, or
 * takes over from one that does not show itself. Thread-safe.
 */
final class Owner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Owner.class);

  /** How often an owner shows itself. */
  static final Duration BEAT = Duration.ofSeconds(5);

  /** An owner that does not show itself for so long is dead. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final LedgerFiles files;
  private final Path sign;
  private final Path pulse;
  private final ProcessSign mine = ProcessSign.mine();
  private final CountDownLatch closed = new CountDownLatch(1);
  private long beats;

  private Owner(LedgerFiles files) {
    this.files = files;
    this.sign = files.file(ChunkFiles.DIRECTORY + "/owner.json");
    this.pulse = files.file(ChunkFiles.DIRECTORY + "/owner-alive");
  }

  /**
   * Takes the batches of a checkpoint.
   *
   * @param files the checkpoint
   * @param tell told once when there is somebody to wait for
   * @throws IllegalStateException when another driver has them; names it
   */
  static Owner take(LedgerFiles files, Consumer<String> tell) throws IOException {
    return take(files, tell, BEAT, PATIENCE);
  }

  static Owner take(LedgerFiles files, Consumer<String> tell, Duration beat, Duration patience)
      throws IOException {
    Owner owner = new Owner(files);
    if (!owner.sign()) {
      owner.requireDead(tell, beat, patience);
      files.delete(owner.sign);
      if (!owner.sign()) {
        throw new IllegalStateException("Another driver took the batches over at this moment");
      }
    }
    owner.beat();
    owner.require();
    Thread thread = new Thread(() -> owner.beatUntilClosed(beat), "spark-llm-batch-owner");
    thread.setDaemon(true);
    thread.start();
    return owner;
  }

  /** Makes the owner file; false where there is one. */
  private boolean sign() throws IOException {
    if (files.exists(sign)) {
      return false;
    }
    try (var out = files.create(sign)) {
      out.write(mine.text().getBytes(StandardCharsets.UTF_8));
    } catch (FileAlreadyExistsException e) {
      return false;
    }
    return true;
  }

  private void requireDead(Consumer<String> tell, Duration beat, Duration patience)
      throws IOException {
    ProcessSign other = other();
    if (!files.exists(sign) || (other != null && other.hasSurelyEnded())) {
      return;
    }
    String name = name(other);
    tell.accept(
        String.format(
            "The batches in %s belong to %s; looking for up to %d s whether it lives",
            files.root(), name, patience.toSeconds()));
    byte[] seen = files.read(pulse);
    long until = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < until) {
      if (isClosedWithin(beat.dividedBy(10))) {
        throw new IllegalStateException("Interrupted while waiting for " + name);
      }
      if (!files.exists(sign)) {
        return;
      }
      if (!Arrays.equals(seen, files.read(pulse))) {
        throw new IllegalStateException(
            String.format(
                "The batches in %s are handled by %s now; wait for its end, or stop it",
                files.root(), name));
      }
    }
    LOG.warn("{} does not show itself any more; its batches are taken over", name);
  }

  /** The owner that is named; null where none is, or its name is being written. */
  private ProcessSign other() throws IOException {
    byte[] content = files.read(sign);
    return content == null ? null : ProcessSign.of(new String(content, StandardCharsets.UTF_8));
  }

  private static String name(ProcessSign other) {
    return other == null ? "a process without a name" : other + " (since " + other.since() + ")";
  }

  /**
   * Ends the run where another driver took the batches over.
   *
   * @throws LlmException when this is not the owner any more
   */
  void require() throws IOException {
    ProcessSign owner = other();
    if (!mine.equals(owner)) {
      throw new LlmException(
          String.format(
              "Stopped: the batches in %s were taken over by %s; nothing is lost",
              files.root(), owner == null ? "somebody who removed the owner file" : owner));
    }
  }

  private void beat() throws IOException {
    files.replace(pulse, (mine.id() + " " + beats++ + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void beatUntilClosed(Duration beat) {
    while (!isClosedWithin(beat)) {
      try {
        require();
        beat();
      } catch (IOException e) {
        LOG.warn(
            "Cannot show that the batches in {} have an owner: {}", files.root(), e.toString());
      } catch (LlmException e) {
        // The run finds out itself, before its next step.
        return;
      }
    }
  }

  private boolean isClosedWithin(Duration time) {
    try {
      return closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      require();
      files.delete(sign);
      files.delete(pulse);
    } catch (IOException e) {
      LOG.warn("Cannot remove the owner file of {}: {}", files.root(), e.toString());
    } catch (LlmException e) {
      LOG.warn("{}", e.getMessage());
    }
  }
}

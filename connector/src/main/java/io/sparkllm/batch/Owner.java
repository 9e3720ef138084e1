package io.sparkllm.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.LlmException;
import io.sparkllm.batch.rows.ChunkFiles;
import io.sparkllm.config.Json;
import io.sparkllm.ledger.LedgerFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileAlreadyExistsException;
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
  private final org.apache.hadoop.fs.Path sign;
  private final org.apache.hadoop.fs.Path pulse;
  private final String id = UUID.randomUUID().toString();
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
    byte[] content =
        Json.MAPPER
            .createObjectNode()
            .put("id", id)
            .put("host", host())
            .put("pid", ProcessHandle.current().pid())
            .put("process_start", start(ProcessHandle.current()))
            .put("machine", machine())
            .put("since", Instant.now().toString())
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    try (var out = files.create(sign)) {
      out.write(content);
    } catch (FileAlreadyExistsException e) {
      return false;
    }
    return true;
  }

  private void requireDead(Consumer<String> tell, Duration beat, Duration patience)
      throws IOException {
    JsonNode other = other();
    if (other == null || isSurelyDead(other)) {
      return;
    }
    String name =
        String.format(
            "process %s on %s (since %s)",
            other.path("pid").asText("?"),
            other.path("host").asText("?"),
            other.path("since").asText("?"));
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

  /** The owner that is named; null where the file is gone or was never finished. */
  private JsonNode other() throws IOException {
    byte[] content = files.read(sign);
    if (content == null) {
      return null;
    }
    try {
      return Json.parse(new String(content, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      // Being written at this moment, or left so by a crash: the pulse tells.
      return Json.MAPPER.createObjectNode();
    }
  }

  /** Whether it was a process of this machine that is not there any more. */
  private static boolean isSurelyDead(JsonNode other) {
    String machine = machine();
    if (machine == null || !machine.equals(other.path("machine").textValue())) {
      return false;
    }
    return ProcessHandle.of(other.path("pid").asLong())
        .map(process -> start(process) != other.path("process_start").asLong())
        .orElse(true);
  }

  private static long start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "an unknown host";
    }
  }

  /** What two processes share that see the same process ids; null where that is not known. */
  private static String machine() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  /**
   * Ends the run where another driver took the batches over.
   *
   * @throws LlmException when this is not the owner any more
   */
  void require() throws IOException {
    JsonNode owner = other();
    if (owner == null || !id.equals(owner.path("id").textValue())) {
      throw new LlmException(
          String.format(
              "Stopped: the batches in %s were taken over by %s; nothing is lost",
              files.root(),
              owner == null
                  ? "somebody who removed the owner file"
                  : "process "
                      + owner.path("pid").asText("?")
                      + " on "
                      + owner.path("host").asText("?")));
    }
  }

  private void beat() throws IOException {
    files.replace(pulse, (id + " " + beats++ + "\n").getBytes(StandardCharsets.UTF_8));
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

package io.sparkllm.jobs;

import io.sparkllm.coordination.ProcessSign;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Tells other runs that this one is writing a path: a hidden file beside it that is written again
 * every two seconds. What a running job has written so far looks just like what a killed one left
 * behind, and that is replaced.
 */
final class OutputClaim implements AutoCloseable {
  private static final Duration BEAT = Duration.ofSeconds(2);

  /** A run that does not show itself for so long is dead. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final FileSystem files;
  private final Path sign;
  private final byte[] mine = ProcessSign.mine().text().getBytes(StandardCharsets.UTF_8);
  private final CountDownLatch closed = new CountDownLatch(1);

  private OutputClaim(FileSystem files, Path sign) {
    this.files = files;
    this.sign = sign;
  }

  /** Claims a path, after a look whether another run holds it. */
  static OutputClaim take(FileSystem files, Path output) throws IOException {
    Path full = files.makeQualified(output);
    OutputClaim claim =
        new OutputClaim(files, new Path(full.getParent(), "." + full.getName() + ".running"));
    if (files.exists(claim.sign)) {
      claim.requireDead(output);
    }
    claim.beat();
    Thread thread = new Thread(claim::beatUntilClosed, "spark-llm-output-claim");
    thread.setDaemon(true);
    thread.start();
    return claim;
  }

  private void requireDead(Path output) throws IOException {
    ProcessSign other = ProcessSign.of(read());
    if (other != null && other.hasSurelyEnded()) {
      return;
    }
    System.err.printf(
        "A run that wrote %s did not end as it should; looking for %d s whether it goes on%n",
        output, PATIENCE.toSeconds());
    long seen = files.getFileStatus(sign).getModificationTime();
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < until && !isClosedWithin(BEAT.dividedBy(4))) {
      if (!files.exists(sign)) {
        return;
      }
      if (files.getFileStatus(sign).getModificationTime() != seen) {
        throw new UsageException(
            "Option --output is '"
                + output
                + "', which another run is writing now"
                + (other == null ? "" : " (" + other + ")")
                + "; wait for its end, or write elsewhere");
      }
    }
  }

  private String read() throws IOException {
    try (FSDataInputStream in = files.open(sign)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return "";
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

  private void beat() throws IOException {
    try (FSDataOutputStream out = files.create(sign, true)) {
      out.write(mine);
    }
  }

  private void beatUntilClosed() {
    while (!isClosedWithin(BEAT)) {
      try {
        beat();
      } catch (IOException e) {
        // Another run may take this one for dead; the rows themselves do not need the sign.
        return;
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      files.delete(sign, false);
    } catch (IOException e) {
      System.err.printf("The file %s cannot be removed: %s%n", sign, e.getMessage());
    }
  }
}

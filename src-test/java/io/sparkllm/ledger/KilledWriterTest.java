package io.sparkllm.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed takes nothing with it that was called durable. */
class KilledWriterTest {
  private static final int WRITTEN = 2_000;

  @TempDir Path folder;

  @Test
  @Timeout(60)
  void everythingThatWasCalledDurableIsThereAfterAKill() throws IOException, InterruptedException {
    TreeSet<String> durable = new TreeSet<>();
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = writer.inputReader()) {
      String line;
      while ((line = output.readLine()) != null) {
        // The last line may be cut as well, and a log line may come first.
        if (line.matches("[0-9a-f]{64}")) {
          durable.add(line);
        }
        if (durable.size() == WRITTEN) {
          // Not the process's own method: that closes the output, and the rest of it counts.
          writer.toHandle().destroyForcibly();
        }
      }
    }
    assertThat(writer.waitFor()).isEqualTo(128 + 9);

    Ledger ledger = Directory.open(folder);
    BucketReader[] buckets = {ledger.read(0), ledger.read(1), ledger.read(2)};
    for (String row : durable) {
      assertThat(Entries.text(buckets[ledger.bucketOf(row)].find(row))).isEqualTo("text of " + row);
    }
    LedgerStats stats = ledger.stats();
    assertThat(durable).hasSizeGreaterThanOrEqualTo(WRITTEN);
    assertThat(stats.answers()).isGreaterThanOrEqualTo(durable.size());
    assertThat(stats.openSegments()).isEqualTo(3);
    assertThat(stats.damagedLines()).isZero();
  }
}

package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sparkllm.coordination.ProcessSign;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class OutputClaimTest {
  @TempDir private java.nio.file.Path folder;
  private FileSystem files;
  private Path output;

  @BeforeEach
  void open() throws IOException {
    files = FileSystem.getLocal(new Configuration());
    output = new Path(folder.toUri().getPath(), "answers");
  }

  @Test
  void keepsASecondRunAwayWhileTheFirstWrites() throws IOException {
    try (OutputClaim first = OutputClaim.take(files, output)) {
      assertThat(first).isNotNull();
      assertThatExceptionOfType(UsageException.class)
          .isThrownBy(() -> OutputClaim.take(files, output))
          .withMessageContaining("another run is writing now")
          .withMessageContaining("process " + ProcessHandle.current().pid() + " on ");
    }
  }

  @Test
  void leavesNothingBehind() throws IOException {
    OutputClaim.take(files, output).close();

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void takesOverWhatAKilledRunLeft() throws IOException {
    Files.createFile(folder.resolve(".answers.running"));

    OutputClaim.take(files, output).close();

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  @Timeout(8) // A run that may live is watched for ten seconds.
  void takesOverAtOnceFromARunOfThisMachineThatIsNotThereAnyMore() throws IOException {
    Process killed = new ProcessBuilder("true").start();
    killed.onExit().join();
    ProcessSign mine = ProcessSign.mine();
    ProcessSign its =
        new ProcessSign(
            "x", mine.host(), killed.pid(), mine.processStart(), mine.machine(), mine.since());
    Files.writeString(folder.resolve(".answers.running"), its.text());

    OutputClaim.take(files, output).close();

    assertThat(folder).isEmptyDirectory();
  }
}

package io.sparkllm.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.LlmException;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.LedgerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One driver alone works on a checkpoint's batches. */
@Timeout(60)
class OwnerTest {
  private static final Duration BEAT = Duration.ofMillis(20);

  @TempDir Path folder;
  private LedgerFiles files;
  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    files = Ledger.open(folder.toString(), new Configuration()).files();
  }

  private Owner take(Duration patience) throws IOException {
    return Owner.take(files, told::add, BEAT, patience);
  }

  private Path sign() {
    return folder.resolve("_ledger-batch/owner.json");
  }

  /** The owner file of a process somewhere else, which cannot be looked at. */
  private void elsewhere() throws IOException {
    Files.createDirectories(sign().getParent());
    Files.writeString(
        sign(),
        "{\"id\":\"x\",\"host\":\"other-host\",\"pid\":4711,\"machine\":\"other\","
            + "\"since\":\"2026-01-01T00:00:00Z\"}");
  }

  @Test
  void aSecondDriverIsRefusedByNameWhileTheFirstShowsItself() throws IOException {
    try (Owner first = take(Duration.ofSeconds(30))) {
      assertThatThrownBy(() -> take(Duration.ofSeconds(30)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid() + " on ")
          .hasMessageContaining("wait for its end, or stop it");
      assertThat(told).singleElement().asString().contains("looking for up to 30 s");
      first.require();
    }
  }

  @Test
  void oneThatDoesNotShowItselfIsReplacedAfterAWhile() throws IOException {
    elsewhere();

    try (Owner owner = take(Duration.ofMillis(200))) {
      owner.require();
    }
    assertThat(told).singleElement().asString().contains("process 4711 on other-host");
  }

  @Test
  void aDeadProcessOfThisMachineIsReplacedAtOnce() throws IOException {
    Process process = new ProcessBuilder("true").start();
    process.onExit().join();
    String mine;
    try (Owner owner = take(Duration.ofSeconds(30))) {
      owner.require();
      mine = Files.readString(sign());
    }
    Files.writeString(
        sign(),
        mine.replace("\"pid\":" + ProcessHandle.current().pid(), "\"pid\":" + process.pid()));

    try (Owner owner = take(Duration.ofDays(1))) {
      owner.require();
    }
    assertThat(told).isEmpty();
  }

  @Test
  void whoWasReplacedStops() throws IOException {
    try (Owner first = take(Duration.ofSeconds(30))) {
      elsewhere();

      assertThatThrownBy(first::require)
          .isInstanceOf(LlmException.class)
          .hasMessageContaining("taken over by process 4711 on other-host")
          .hasMessageContaining("nothing is lost");
    }
    assertThat(Files.readString(sign())).as("left to the other").contains("other-host");
  }

  @Test
  void nothingIsLeftBehind() throws IOException {
    take(Duration.ofSeconds(30)).close();

    assertThat(folder.resolve("_ledger-batch")).isEmptyDirectory();
  }
}

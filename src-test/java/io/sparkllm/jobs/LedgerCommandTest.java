package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.ledger.Entry;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.LedgerWriter;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.Usage;
import io.sparkllm.testing.FullDiskFileSystem;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands for a checkpoint that is there. */
@SparkTest
class LedgerCommandTest {
  @TempDir Path folder;

  private static String fingerprint(int row) {
    return String.format("%02x%062x", row % 2, row);
  }

  private static Entry answer(int row, long at) {
    return new Entry(
        fingerprint(row),
        new Outcome.Answer("text", "model", "stop", Usage.UNKNOWN, null),
        1,
        10,
        null,
        at);
  }

  private static Entry failed(int row, ErrorType type) {
    return new Entry(fingerprint(row), Outcome.Failed.of(type, null, "message"), 1, 10, null, 1);
  }

  private void write(Entry... entries) throws IOException {
    try (LedgerWriter writer = Ledger.open(folder.toString(), new Configuration()).writer()) {
      for (Entry entry : entries) {
        writer.append(entry);
      }
    }
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("answers"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void statsTellWhatIsThere() throws IOException {
    for (int i = 0; i < 1_200; i += 100) {
      int from = i;
      write(
          Stream.iterate(from, row -> row + 1)
              .limit(100)
              .map(row -> answer(row, 1))
              .toArray(Entry[]::new));
    }
    write(failed(2_000, ErrorType.SERVER), failed(2_001, ErrorType.SERVER), answer(0, 2));
    write(failed(2_002, ErrorType.CONTENT_FILTER));

    JobCall.Ended ended = JobCall.job("ledger", "stats", folder);

    assertThat(ended.code()).isZero();
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out().lines())
        .filteredOn(line -> !line.startsWith("size"))
        .containsExactly(
            "checkpoint file:" + folder,
            "answers    1,200",
            "errors     3",
            "  content_filter   1",
            "  server           2",
            "superseded 1",
            "segments   27");
    assertThat(ended.summary("size")).matches("\\d{3}\\.\\d kB");
  }

  @Test
  void statsTellWhatIsDamagedAndVacuumMendsIt() throws IOException {
    write(answer(0, 1), answer(2, 1));
    write(answer(0, 2));
    Files.writeString(segments().get(0), "damaged\n{\"torn", StandardOpenOption.APPEND);
    List<String> skipped =
        List.of(
            "skipped    2", "  torn tails       1", "  damaged lines    1", "  unreadable files 0");

    assertThat(JobCall.job("ledger", "stats", folder).out().lines()).containsAll(skipped);
    JobCall.Ended ended = JobCall.job("ledger", "vacuum", folder);
    JobCall.Ended after = JobCall.job("ledger", "stats", folder);

    assertThat(ended.code()).isZero();
    assertThat(ended.out().lines())
        .startsWith(
            "checkpoint file:" + folder, "entries    2", "superseded 1", "segments   1 (before: 2)")
        .containsAll(skipped);
    assertThat(ended.summary("size")).matches("\\d+ bytes \\(before: \\d+ bytes\\)");
    assertThat(after.summary("answers")).isEqualTo("2");
    assertThat(after.out()).doesNotContain("skipped", "hint");
    assertThat(segments()).hasSize(1);
  }

  @Test
  void aLedgerThatIsWorthCompactingIsToldWithTheCommand() throws IOException {
    for (int i = 1; i < 4; i++) {
      write(answer(0, i));
    }

    JobCall.Ended ended = JobCall.job("ledger", "stats", folder);

    assertThat(ended.summary("hint")).startsWith("ledger vacuum " + folder);
  }

  @Test
  void anOpenSegmentIsTold() throws IOException {
    try (LedgerWriter writer = Ledger.open(folder.toString(), new Configuration()).writer()) {
      writer.append(answer(0, 1));
      writer.flush();

      assertThat(JobCall.job("ledger", "stats", folder).out().lines())
          .containsSequence("segments   1", "  open             1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stats", "vacuum"})
  void aWrongDirectoryIsAUsageErrorAndStaysAsItIs(String command) throws IOException {
    Files.writeString(folder.resolve("part-0.parquet"), "x");
    Path none = folder.resolve("none");

    JobCall.Ended other = JobCall.job("ledger", command, folder);
    JobCall.Ended missing = JobCall.job("ledger", command, none);

    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err().lines())
        .singleElement()
        .asString()
        .startsWith("Error: ")
        .contains(folder.toString(), "is no checkpoint");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err().lines())
        .singleElement()
        .asString()
        .contains(none.toString(), "is not there");
    assertThat(none).doesNotExist();
  }

  @Test
  void aNewerFormatIsAUsageError() throws IOException {
    Files.writeString(
        folder.resolve("_ledger.json"), "{\"format\":\"spark-llm-ledger\",\"version\":9}");

    JobCall.Ended ended = JobCall.job("ledger", "stats", folder);

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints()).singleElement().asString().contains("newer version");
  }

  @Test
  void aCommandWithoutItsDirectoryIsAUsageError() {
    assertThat(JobCall.job("ledger", "stats").code()).isEqualTo(2);
    assertThat(JobCall.job("ledger").code()).isEqualTo(2);
    assertThat(JobCall.job("ledger").complaints())
        .singleElement()
        .asString()
        .contains("subcommand");
    assertThat(JobCall.job("ledger", "vacuum", "--help").out())
        .contains("LlmJob ledger vacuum", "<directory>");
    assertThat(JobCall.job("ledger", "--help").out()).contains("stats", "vacuum");
  }

  @Test
  void aFullDiskIsOneLineAndLosesNothing(SparkSession spark) throws IOException {
    write(answer(0, 1));
    write(answer(0, 2));
    FullDiskFileSystem.configure(spark.sparkContext().hadoopConfiguration());
    String disk = FullDiskFileSystem.disk(folder, 600);

    JobCall.Ended ended = JobCall.job("ledger", "vacuum", disk);

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err().lines())
        .containsExactly(
            "Error: Cannot compact the checkpoint "
                + disk
                + ": No space left on device; nothing is lost, try again");
    assertThat(JobCall.job("ledger", "stats", disk).summary("answers")).isEqualTo("1");
    assertThat(segments()).hasSize(2);
  }

  @Test
  void fileSystemsAreFoundAsASessionWouldFindThem() {
    Configuration hadoop =
        HadoopSettings.of(new SparkConf(false).set("spark.hadoop.fs.some.key", "value"));

    assertThat(hadoop.get("fs.some.key")).isEqualTo("value");
    assertThat(hadoop.get("fs.defaultFS")).isNotNull();
    assertThat(HadoopSettings.current().get("fs.defaultFS")).isNotNull();
  }
}

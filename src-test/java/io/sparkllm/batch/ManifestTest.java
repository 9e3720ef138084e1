package io.sparkllm.batch;

import static io.sparkllm.batch.Files.ended;
import static io.sparkllm.batch.Files.live;
import static io.sparkllm.batch.Files.planned;
import static io.sparkllm.batch.Files.uploaded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.batch.BatchFile.State;
import io.sparkllm.batch.rows.ResultCounts;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.LedgerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a driver wrote before it died is what the next one reads. */
class ManifestTest {
  @TempDir Path folder;
  private LedgerFiles files;

  @BeforeEach
  void open() throws IOException {
    files = Ledger.open(folder.toString(), new Configuration()).files();
  }

  private List<Path> written() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("_ledger-batch/manifest"))) {
      return all.sorted().toList();
    }
  }

  private Manifest begun() throws IOException {
    Manifest manifest = Manifest.read(files);
    manifest.begin(Headers.header());
    return manifest;
  }

  @Test
  void holdsNothingBeforeTheFirstRun() throws IOException {
    assertThat(Manifest.read(files).header()).isNull();
    assertThat(Manifest.read(files).batches().all()).isEmpty();
  }

  @Test
  void laterLinesWinAndChunksStayAsTheyWereTold() throws IOException {
    Manifest manifest = begun();
    manifest.put(List.of(planned("a", 5), planned("b", 6)));
    manifest.put(List.of(uploaded("a", 5)));
    manifest.put(List.of(live("a", 5)));
    ResultCounts counts = new ResultCounts(7, 3, 2, 1, 0, 0, 0, 1, "no money");
    BatchFile collected = live("b", 6).ended("o", "e", "expired", 9).collected(counts, 10);
    manifest.put(List.of(collected));

    BatchFiles read = Manifest.read(files).batches();

    assertThat(read.all()).containsExactly(live("a", 5), collected);
    assertThat(read.in(State.LIVE)).containsExactly(live("a", 5));
    assertThat(read.enqueued()).isEqualTo(5);
  }

  @Test
  void keepsTheHeaderWithoutPromptAndCheckpoint() throws IOException {
    Manifest manifest = begun();
    manifest.put(manifest.header().withTokenLimit(1_234));
    manifest.put(manifest.header().asCancelled());

    RunHeader read = Manifest.read(files).header();

    assertThat(read.tokenLimit()).isEqualTo(1_234);
    assertThat(read.cancelled()).isTrue();
    assertThat(read.options()).containsEntry("model", "m").containsEntry("maxAttempts", "3");
    for (Path file : written()) {
      assertThat(Files.readString(file)).doesNotContain("Secret words");
    }
  }

  @Test
  void manyChangesTakeLittleRoom() throws IOException {
    Manifest manifest = begun();
    List<BatchFile> all = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      all.add(live("file-with-a-name-of-some-length-" + i, i));
    }
    for (int i = 0; i < 50; i++) {
      manifest.put(all);
    }

    long bytes = 0;
    for (Path file : written()) {
      bytes += Files.size(file);
    }
    assertThat(bytes).isLessThan(3 << 20);
    assertThat(Manifest.read(files).batches().all()).containsExactlyElementsOf(all);
  }

  @Test
  void manyChangesAreFewFilesToRead() throws IOException {
    Manifest manifest = begun();
    for (int i = 0; i < 1_100; i++) {
      manifest.put(List.of(planned("a", i)));
    }

    assertThat(written()).hasSizeLessThan(200);
    assertThat(Manifest.read(files).batches().all()).containsExactly(planned("a", 1_099));
  }

  @Test
  void aDriverThatDiesBeforeOldFilesAreRemovedLeavesTheNewState() throws IOException {
    begun().put(List.of(ended("old")));
    Path old = written().get(1);
    byte[] content = Files.readAllBytes(old);
    Manifest.read(files).begin(Headers.header());
    Files.write(old, content);

    assertThat(Manifest.read(files).batches().all()).isEmpty();
  }

  @Test
  void aFileThatIsBeingWrittenIsNotRead() throws IOException {
    begun().put(List.of(planned("a", 5)));
    Files.writeString(folder.resolve("_ledger-batch/manifest/.000003.jsonl.part"), "{\"na");

    assertThat(Manifest.read(files).batches().all()).containsExactly(planned("a", 5));
  }

  @Test
  void twoDriversCannotBothWriteOn() throws IOException {
    begun();
    Manifest first = Manifest.read(files);
    Manifest second = Manifest.read(files);
    first.put(List.of(planned("a", 5)));

    assertThatThrownBy(() -> second.put(List.of(planned("b", 5))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there already");
  }

  @Test
  void damageIsNamed() throws IOException {
    begun().put(List.of(planned("a", 5)));
    Files.writeString(written().get(1), "{\"na");

    assertThatThrownBy(() -> Manifest.read(files))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("000002.jsonl is damaged");
  }

  @Test
  void aNewerVersionsManifestIsNotTouched() throws IOException {
    begun();
    Path first = written().get(0);
    Files.writeString(first, Files.readString(first).replace("\"version\":1", "\"version\":2"));

    assertThatThrownBy(() -> Manifest.read(files))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("newer version of the connector");
  }
}

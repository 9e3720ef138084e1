package io.sparkllm.ledger;

import static io.sparkllm.ledger.Entries.answer;
import static io.sparkllm.ledger.Entries.ascending;
import static io.sparkllm.ledger.Entries.fingerprint;
import static io.sparkllm.ledger.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.testing.FullDiskFileSystem;
import io.sparkllm.testing.ObjectStoreFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When segments begin and end, and what stays of them after a failure. */
class LedgerWriterTest {
  private static final int BUCKET = 17;

  @TempDir Path folder;

  private final AtomicLong nanos = new AtomicLong();

  private Ledger store() {
    return Ledger.open(
        ObjectStoreFileSystem.store(folder), ObjectStoreFileSystem.configure(new Configuration()));
  }

  private List<String> names() {
    return Directory.segments(folder).stream()
        .map(path -> folder.resolve("answers").relativize(path).toString())
        .toList();
  }

  @Test
  void eachBucketHasASegmentThatTellsWhetherItIsOpen() throws IOException {
    Ledger ledger = Directory.open(folder);
    try (LedgerWriter writer = ledger.writer()) {
      assertThat(names()).isEmpty();
      writer.append(answer(fingerprint(0, "a"), "x"));
      writer.append(answer(fingerprint(17, "a"), "x"));
      writer.append(answer(fingerprint(255, "a"), "x"));
      writer.append(answer(fingerprint(17, "b"), "x"));
      assertThat(names())
          .satisfiesExactly(
              name -> assertThat(name).matches("000/\\d{8}T\\d{6}-[-0-9a-f]{36}\\.jsonl\\.open"),
              name -> assertThat(name).startsWith("017/").endsWith(".open"),
              name -> assertThat(name).startsWith("255/").endsWith(".open"));

      writer.leave(17);
      writer.leave(3);

      assertThat(names().get(1)).endsWith(".jsonl");
      writer.append(answer(fingerprint(17, "c"), "x"));
      assertThat(names()).hasSize(4);
    }
    assertThat(names()).hasSize(4).allMatch(name -> name.endsWith(".jsonl"));
  }

  @Test
  void whatIsFlushedIsThereForOthers() throws IOException {
    Ledger ledger = Directory.open(folder);
    try (LedgerWriter writer = ledger.writer()) {
      assertThat(writer.flushes()).isTrue();
      writer.append(answer(fingerprint(BUCKET, "a"), "x"));
      assertThat(Directory.find(ledger, fingerprint(BUCKET, "a"))).isNull();

      writer.flush();

      assertThat(Directory.find(ledger, fingerprint(BUCKET, "a"))).isNotNull();
    }
  }

  @Test
  void aSegmentEndsAt16Megabytes() throws IOException {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = ascending(BUCKET, 35);
    String megabyte = "x".repeat(1 << 20);
    try (LedgerWriter writer = ledger.writer()) {
      for (String fingerprint : fingerprints) {
        writer.append(answer(fingerprint, megabyte));
      }
      assertThat(names().stream().filter(name -> name.endsWith(".jsonl"))).hasSize(2);
      assertThat(names()).hasSize(3);
    }
    for (Path segment : Directory.segments(folder)) {
      assertThat(Files.size(segment)).isLessThan(17 << 20);
    }
    assertThat(Directory.findAll(ledger, BUCKET, fingerprints)).doesNotContainNull();
  }

  @Test
  void whereAFileIsThereWhenItIsClosedASegmentEndsAfterAMinute() throws IOException {
    Ledger ledger = store();
    try (LedgerWriter writer = ledger.writer(nanos::get)) {
      assertThat(writer.flushes()).isFalse();
      writer.append(answer(fingerprint(BUCKET, "a"), "x"));
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
      writer.append(answer(fingerprint(BUCKET + 1, "b"), "x"));
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(30) - 1);
      writer.flush();
      assertThat(names()).isEmpty();

      nanos.addAndGet(1);
      writer.flush();

      assertThat(names()).singleElement().asString().matches("017/.*\\.jsonl");
      assertThat(Directory.find(ledger, fingerprint(BUCKET, "a"))).isNotNull();
      assertThat(Directory.find(ledger, fingerprint(BUCKET + 1, "b"))).isNull();
    }
    assertThat(Directory.find(ledger, fingerprint(BUCKET + 1, "b"))).isNotNull();
  }

  @Test
  void elsewhereItEndsAfterAnHour() throws IOException {
    Ledger ledger = Directory.open(folder);
    try (LedgerWriter writer = ledger.writer(nanos::get)) {
      writer.append(answer(fingerprint(BUCKET, "a"), "x"));
      nanos.addAndGet(TimeUnit.HOURS.toNanos(1) - 1);
      writer.flush();
      assertThat(names()).singleElement().asString().endsWith(".open");

      nanos.addAndGet(1);
      writer.flush();

      assertThat(names()).singleElement().asString().endsWith(".jsonl");
    }
  }

  @Test
  void aFullDiskEndsItAndWhatWasFlushedStays() throws IOException {
    Ledger ledger =
        Ledger.open(
            FullDiskFileSystem.disk(folder, 20_000),
            FullDiskFileSystem.configure(new Configuration()));
    List<String> fingerprints = ascending(BUCKET, 400);
    List<String> durable = new ArrayList<>();
    LedgerWriter writer = ledger.writer();

    assertThatThrownBy(
            () -> {
              for (String fingerprint : fingerprints) {
                writer.append(answer(fingerprint, "x"));
                writer.flush();
                durable.add(fingerprint);
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot write to the checkpoint fulldisk:%s: No space left on device;"
                + " what was written before is kept",
            folder);

    FullDiskFileSystem.disk(folder, 1_000_000);
    assertThatThrownBy(() -> writer.append(answer(fingerprints.get(0), "x")))
        .hasMessageContaining("No space left");
    assertThatThrownBy(writer::flush).hasMessageContaining("No space left");
    assertThatThrownBy(() -> writer.leave(BUCKET)).hasMessageContaining("No space left");
    writer.close();

    assertThat(durable).hasSizeBetween(40, 70);
    assertThat(Directory.findAll(ledger, BUCKET, durable)).doesNotContainNull();
    assertThat(ledger.stats().answers()).isEqualTo(durable.size());
  }

  @Test
  void aSegmentThatCannotBeRenamedIsReadUnderItsOldName() throws IOException {
    Ledger ledger = Directory.open(folder);
    LedgerFiles files =
        HookedFiles.of(
            folder,
            (step, path) -> {
              if (step == HookedFiles.Step.RENAME) {
                throw new IOException("Not today");
              }
            });
    try (LedgerWriter writer =
        new LedgerWriter(ledger, files, new Storage(true, true), System::nanoTime)) {
      writer.append(answer(fingerprint(BUCKET, "a"), "x"));
    }

    assertThat(names()).singleElement().asString().endsWith(".open");
    assertThat(text(Directory.find(ledger, fingerprint(BUCKET, "a")))).isEqualTo("x");
  }

  @Test
  void twoWritersNeverMeet() throws IOException {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = ascending(BUCKET, 1_000);
    try (LedgerWriter one = ledger.writer();
        LedgerWriter other = Directory.open(folder).writer()) {
      for (int i = 0; i < 1_000; i++) {
        (i % 2 == 0 ? one : other).append(answer(fingerprints.get(i), "text " + i));
        if (i % 100 == 99) {
          one.flush();
          other.leave(BUCKET);
        }
      }
    }

    List<Entry> found = Directory.findAll(ledger, BUCKET, fingerprints);
    for (int i = 0; i < 1_000; i++) {
      assertThat(text(found.get(i))).isEqualTo("text " + i);
    }
    assertThat(ledger.stats().superseded()).isZero();
    assertThat(names()).hasSize(11);
  }
}

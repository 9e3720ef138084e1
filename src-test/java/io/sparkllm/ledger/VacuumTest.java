package io.sparkllm.ledger;

import static io.sparkllm.ledger.Entries.AT;
import static io.sparkllm.ledger.Entries.answer;
import static io.sparkllm.ledger.Entries.ascending;
import static io.sparkllm.ledger.Entries.failed;
import static io.sparkllm.ledger.Entries.fingerprint;
import static io.sparkllm.ledger.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.openai.ErrorType;
import io.sparkllm.testing.FullDiskFileSystem;
import io.sparkllm.testing.LogWatch;
import io.sparkllm.testing.ObjectStoreFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compaction keeps what counts, whoever else is at work and wherever it is cut off. */
@Timeout(120)
class VacuumTest {
  private static final int BUCKET = 64;
  private static final Storage LOCAL = new Storage(true, true);

  @TempDir Path folder;

  /** Three segments with answers, errors and older entries; the result is what counts. */
  private List<Entry> fill(Ledger ledger, List<String> fingerprints) throws IOException {
    List<String> shuffled = new ArrayList<>(fingerprints);
    for (int part = 0; part < 3; part++) {
      Collections.shuffle(shuffled, new Random(part));
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < shuffled.size(); i++) {
        entries.add(
            i % 3 == 0
                ? failed(shuffled.get(i), ErrorType.SERVER, AT + part)
                : answer(shuffled.get(i), "part " + part, AT + part));
      }
      Directory.write(ledger, entries);
    }
    List<Entry> counting = Directory.findAll(ledger, BUCKET, fingerprints);
    assertThat(counting).doesNotContainNull();
    return counting;
  }

  @Test
  void eachBucketBecomesOneSortedSegmentWithTheEntriesThatCount() throws IOException {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = ascending(BUCKET, 100);
    List<Entry> counting = fill(ledger, fingerprints);
    Directory.write(ledger, answer(fingerprint(BUCKET + 1, "a"), "x"));
    Directory.write(ledger, answer(fingerprint(BUCKET + 1, "a"), "y", AT + 1));
    long before = ledger.stats().bytes();

    VacuumReport report = ledger.vacuum();

    assertThat(Directory.findAll(ledger, BUCKET, fingerprints)).isEqualTo(counting);
    assertThat(text(Directory.find(ledger, fingerprint(BUCKET + 1, "a")))).isEqualTo("y");
    assertThat(Directory.segments(folder))
        .hasSize(2)
        .allMatch(path -> path.toString().endsWith(".sorted.jsonl"));
    assertThat(Files.readAllLines(Directory.segments(folder).get(0)))
        .hasSize(100)
        .isSorted()
        .first()
        .asString()
        .contains(fingerprints.get(0));
    long after = ledger.stats().bytes();
    assertThat(report).isEqualTo(new VacuumReport(101, 201, 5, 2, before, after, 0, 0, 0));
  }

  @Test
  void aSecondOneHasNothingToDo() throws IOException {
    Ledger ledger = Directory.open(folder);
    fill(ledger, ascending(BUCKET, 50));
    ledger.vacuum();
    Path segment = Directory.segment(folder);

    VacuumReport report = ledger.vacuum();

    assertThat(Directory.segment(folder)).isEqualTo(segment);
    assertThat(report.entries()).isZero();
    assertThat(report.segmentsAfter()).isEqualTo(1);
    assertThat(report.bytesAfter()).isEqualTo(report.bytesBefore()).isPositive();
  }

  @Test
  void anEmptyLedgerIsLeftAlone() throws IOException {
    assertThat(Directory.open(folder).vacuum())
        .isEqualTo(new VacuumReport(0, 0, 0, 0, 0, 0, 0, 0, 0));
    assertThat(Directory.segments(folder)).isEmpty();
  }

  @Test
  void aBucketLargerThanASliceIsCompactedToo() throws IOException {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = ascending(BUCKET, 2_000);
    List<Entry> counting = fill(ledger, fingerprints);

    VacuumReport report =
        new Vacuum(ledger.files(), LOCAL, System::currentTimeMillis, 32 << 10).run(256);

    assertThat(Directory.findAll(ledger, BUCKET, fingerprints)).isEqualTo(counting);
    assertThat(Files.readAllLines(Directory.segment(folder))).hasSize(2_000).isSorted();
    assertThat(report.entries()).isEqualTo(2_000);
    assertThat(report.superseded()).isEqualTo(4_000);
  }

  @Test
  void damagedLinesAndTornTailsAreLeftOutAndCounted() throws IOException {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = ascending(BUCKET, 10);
    List<Entry> counting = fill(ledger, fingerprints);
    Path bucket = Directory.segments(folder).get(0).getParent();
    Files.writeString(bucket.resolve("bad.jsonl"), "bad\nworse\n{\"torn");

    try (LogWatch log = new LogWatch()) {
      VacuumReport report = ledger.vacuum();

      assertThat(report.damagedLines()).isEqualTo(2);
      assertThat(report.tornTails()).isEqualTo(1);
      assertThat(log.lines()).singleElement().asString().contains("064/bad.jsonl");
    }
    assertThat(Directory.findAll(ledger, BUCKET, fingerprints)).isEqualTo(counting);
    assertThat(ledger.stats().damagedLines()).isZero();
    Directory.segment(folder);
  }

  @Test
  void aBucketOfNothingButDamageBecomesEmpty() throws IOException {
    Ledger ledger = Directory.open(folder);
    Path bucket = Files.createDirectories(folder.resolve("answers/064"));
    Files.writeString(bucket.resolve("bad.jsonl"), "bad\n");
    Files.writeString(bucket.resolve("empty.jsonl"), "");

    ledger.vacuum();

    assertThat(Directory.segments(folder)).isEmpty();
  }

  @Test
  void aSegmentThatCannotBeReadStays() throws IOException {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = ascending(BUCKET, 10);
    List<Entry> counting = fill(ledger, fingerprints);
    Path unreadable = Directory.segments(folder).get(1);
    LedgerFiles files =
        HookedFiles.of(
            folder,
            (step, path) -> {
              if (step == HookedFiles.Step.OPEN
                  && path.getName().equals(unreadable.getFileName().toString())) {
                throw new IOException("Input/output error");
              }
            });

    VacuumReport report = new Vacuum(files, LOCAL, System::currentTimeMillis, 1 << 20).run(256);

    assertThat(report.unreadableSegments()).isEqualTo(1);
    assertThat(Directory.segments(folder)).hasSize(2).contains(unreadable);
    assertThat(Directory.findAll(ledger, BUCKET, fingerprints)).isEqualTo(counting);
  }

  @Test
  void aSegmentThatIsBeingWrittenStaysAndOneLeftBehindIsTaken() throws IOException {
    Ledger ledger = Directory.open(folder);
    Directory.write(ledger, answer(fingerprint(BUCKET, "closed"), "x"));
    try (LedgerWriter writer = ledger.writer()) {
      writer.append(answer(fingerprint(BUCKET, "open"), "x"));
      writer.flush();
      Path left =
          Files.copy(
              Directory.segments(folder).get(0), folder.resolve("answers/064/left.jsonl.open"));
      Files.setLastModifiedTime(
          left, FileTime.from(Instant.now().minus(Duration.ofDays(2)).minusSeconds(60)));
      Path recent = Files.copy(left, left.resolveSibling("recent.jsonl.open"));
      Files.setLastModifiedTime(recent, FileTime.from(Instant.now().minus(Duration.ofHours(47))));

      ledger.vacuum();

      assertThat(left).doesNotExist();
      assertThat(recent).exists();
      writer.append(answer(fingerprint(BUCKET, "open too"), "x"));
    }
    assertThat(Directory.find(ledger, fingerprint(BUCKET, "closed"))).isNotNull();
    assertThat(Directory.find(ledger, fingerprint(BUCKET, "open"))).isNotNull();
    assertThat(Directory.find(ledger, fingerprint(BUCKET, "open too"))).isNotNull();
  }

  @Test
  void whereverItIsCutOffNothingIsLostAndTheNextOneFinishes() throws IOException {
    for (int crash = 1; ; crash++) {
      Path directory = folder.resolve("crash" + crash);
      Ledger ledger = Directory.open(directory);
      List<String> fingerprints = ascending(BUCKET, 12);
      List<Entry> counting = fill(ledger, fingerprints);
      AtomicInteger steps = new AtomicInteger();
      int last = crash;
      LedgerFiles files =
          HookedFiles.of(
              directory,
              (step, path) -> {
                // From the crash on nothing works, not even clearing up.
                if (step != HookedFiles.Step.OPEN && steps.incrementAndGet() >= last) {
                  throw new IOException("Crash");
                }
              });
      boolean done = true;
      try {
        new Vacuum(files, LOCAL, System::currentTimeMillis, 4 << 10).run(256);
      } catch (IOException e) {
        done = false;
      }

      assertThat(Directory.findAll(ledger, BUCKET, fingerprints))
          .as("crash at step %d", crash)
          .isEqualTo(counting);
      ledger.vacuum();
      assertThat(Directory.findAll(ledger, BUCKET, fingerprints)).isEqualTo(counting);
      assertThat(closed(directory)).hasSize(1);
      if (done && steps.get() < crash) {
        // Create, 12 lines, close, rename, three deletions.
        assertThat(crash).isGreaterThan(18);
        return;
      }
    }
  }

  private static List<Path> closed(Path directory) {
    return Directory.segments(directory).stream()
        .filter(path -> path.toString().endsWith(".jsonl"))
        .toList();
  }

  @Test
  void aFullDiskEndsItAndLosesNothing() throws IOException {
    Ledger ledger =
        Ledger.open(
            FullDiskFileSystem.disk(folder, 1_000_000),
            FullDiskFileSystem.configure(new Configuration()));
    List<String> fingerprints = ascending(BUCKET, 100);
    List<Entry> counting = fill(ledger, fingerprints);
    long used = ledger.stats().bytes();
    FullDiskFileSystem.disk(folder, used + 5_000);

    assertThatThrownBy(ledger::vacuum)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left");

    assertThat(Directory.findAll(ledger, BUCKET, fingerprints)).isEqualTo(counting);
    assertThat(ledger.stats().bytes()).isEqualTo(used);
  }

  @Test
  void anObjectStoreIsCompactedWithoutRenaming() throws IOException {
    Ledger ledger =
        Ledger.open(
            ObjectStoreFileSystem.store(folder),
            ObjectStoreFileSystem.configure(new Configuration()));
    List<String> fingerprints = ascending(BUCKET, 100);
    List<Entry> counting = fill(ledger, fingerprints);

    ledger.vacuum();

    assertThat(Directory.findAll(ledger, BUCKET, fingerprints)).isEqualTo(counting);
    assertThat(Directory.segment(folder).toString()).endsWith(".sorted.jsonl");
  }

  @Test
  void twoAtOnceLoseNothing() throws Exception {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = ascending(BUCKET, 300);
    for (int round = 0; round < 10; round++) {
      List<Entry> counting = fill(ledger, fingerprints);
      AtomicReference<Exception> failure = new AtomicReference<>();
      Thread other = thread(failure, () -> Directory.open(folder).vacuum());
      other.start();
      ledger.vacuum();
      other.join();

      assertThat(failure.get()).isNull();
      assertThat(Directory.findAll(ledger, BUCKET, fingerprints)).isEqualTo(counting);
    }
    ledger.vacuum();
    Directory.segment(folder);
  }

  @Test
  void writersAndReadersGoOnMeanwhile() throws Exception {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = ascending(BUCKET, 3_000);
    AtomicBoolean written = new AtomicBoolean();
    AtomicInteger durable = new AtomicInteger();
    AtomicReference<Exception> failure = new AtomicReference<>();
    Thread writing =
        thread(
            failure,
            () -> {
              try (LedgerWriter writer = ledger.writer()) {
                for (int i = 0; i < 3_000; i++) {
                  writer.append(answer(fingerprints.get(i), "text"));
                  if (i % 20 == 19) {
                    writer.flush();
                    durable.set(i + 1);
                  }
                  if (i % 60 == 59) {
                    writer.leave(BUCKET);
                  }
                }
              } finally {
                written.set(true);
              }
            });
    Thread compacting =
        thread(
            failure,
            () -> {
              while (!written.get()) {
                Directory.open(folder).vacuum();
              }
            });
    writing.start();
    compacting.start();
    while (!written.get()) {
      int expected = durable.get();
      assertThat(Directory.findAll(ledger, BUCKET, fingerprints.subList(0, expected)))
          .doesNotContainNull();
    }
    writing.join();
    compacting.join();
    ledger.vacuum();

    assertThat(failure.get()).isNull();
    assertThat(Directory.findAll(ledger, BUCKET, fingerprints)).doesNotContainNull();
    assertThat(Files.readAllLines(Directory.segment(folder))).hasSize(3_000);
  }

  private interface Work {
    void run() throws Exception;
  }

  private static Thread thread(AtomicReference<Exception> failure, Work work) {
    return new Thread(
        () -> {
          try {
            work.run();
          } catch (Exception e) {
            failure.set(e);
          }
        });
  }
}

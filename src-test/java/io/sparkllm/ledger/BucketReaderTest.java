package io.sparkllm.ledger;

import static io.sparkllm.ledger.Entries.AT;
import static io.sparkllm.ledger.Entries.answer;
import static io.sparkllm.ledger.Entries.ascending;
import static io.sparkllm.ledger.Entries.failed;
import static io.sparkllm.ledger.Entries.fingerprint;
import static io.sparkllm.ledger.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkllm.openai.ErrorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which entry counts, and in how much memory it is found. */
class BucketReaderTest {
  private static final int BUCKET = 200;
  private static final String ROW = fingerprint(BUCKET, "row");

  @TempDir Path folder;

  private static Entry counted(Ledger ledger) throws IOException {
    return Directory.find(ledger, ROW);
  }

  @Test
  void theNewestAnswerCountsInWhateverOrderTheyWereWritten() throws IOException {
    List<Entry> entries =
        new ArrayList<>(
            List.of(
                answer(ROW, "old", AT),
                answer(ROW, "new", AT + 2),
                answer(ROW, "between", AT + 1),
                failed(ROW, ErrorType.SERVER, AT + 9)));
    for (int i = 0; i < 10; i++) {
      Collections.shuffle(entries, new Random(i));
      Ledger ledger = Directory.open(folder.resolve("ledger" + i));
      // In segments of one and of three entries.
      Directory.write(ledger, entries.get(0));
      Directory.write(ledger, entries.subList(1, 4));

      assertThat(counted(ledger)).isEqualTo(answer(ROW, "new", AT + 2));
    }
  }

  @Test
  void withoutAnAnswerTheNewestErrorCounts() throws IOException {
    Ledger ledger = Directory.open(folder);
    Directory.write(ledger, failed(ROW, ErrorType.SERVER, AT + 5));
    Directory.write(ledger, failed(ROW, ErrorType.TIMEOUT, AT + 6));
    Directory.write(ledger, failed(ROW, ErrorType.CONNECTION, AT + 4));

    assertThat(counted(ledger)).isEqualTo(failed(ROW, ErrorType.TIMEOUT, AT + 6));
  }

  @Test
  void aLaterErrorDoesNotHideAnAnswer() throws IOException {
    Ledger ledger = Directory.open(folder);
    Directory.write(ledger, answer(ROW, "answer", AT));
    Directory.write(ledger, failed(ROW, ErrorType.QUOTA, AT + 1));

    assertThat(text(counted(ledger))).isEqualTo("answer");
  }

  @Test
  void whatIsNotThereIsNotFound() throws IOException {
    Ledger ledger = Directory.open(folder);
    assertThat(counted(ledger)).isNull();
    Directory.write(ledger, answer(fingerprint(BUCKET, "another row"), "answer"));
    assertThat(counted(ledger)).isNull();
  }

  @Test
  void entriesOfOtherBucketsAreNotMixedUp() throws IOException {
    Ledger ledger = Directory.open(folder);
    for (int bucket = 0; bucket < 256; bucket++) {
      Directory.write(ledger, answer(fingerprint(bucket, "row"), "in " + bucket));
    }

    for (int bucket = 0; bucket < 256; bucket++) {
      assertThat(text(ledger.read(bucket).find(fingerprint(bucket, "row"))))
          .isEqualTo("in " + bucket);
    }
    assertThat(Directory.segments(folder)).hasSize(256);
  }

  @Test
  void anOpenSegmentIsReadAsFarAsItWasFlushed() throws IOException {
    Ledger ledger = Directory.open(folder);
    try (LedgerWriter writer = ledger.writer()) {
      writer.append(answer(ROW, "flushed"));
      writer.flush();

      assertThat(text(counted(ledger))).isEqualTo("flushed");
      assertThat(Directory.segment(folder).toString()).endsWith(".jsonl.open");
    }
    assertThat(Directory.segment(folder).toString()).endsWith(".jsonl");
    assertThat(text(counted(ledger))).isEqualTo("flushed");
  }

  /** Texts of 100 characters and more, in many segments, with old entries among them. */
  private List<String> fill(Ledger ledger, int count) throws IOException {
    List<String> fingerprints = ascending(BUCKET, count);
    List<String> shuffled = new ArrayList<>(fingerprints);
    for (int part = 0; part < 4; part++) {
      Collections.shuffle(shuffled, new Random(part));
      try (LedgerWriter writer = ledger.writer()) {
        for (String fingerprint : shuffled.subList(0, count / 2)) {
          writer.append(answer(fingerprint, "x".repeat(100) + part, AT + part));
        }
        for (String fingerprint : shuffled.subList(count / 2, count)) {
          writer.append(failed(fingerprint, ErrorType.SERVER, AT + part));
        }
      }
    }
    return fingerprints;
  }

  private static BucketReader sliced(Ledger ledger, long bytes) throws IOException {
    return new BucketReader(ledger.files(), Storage.UNTRIED, BUCKET, bytes);
  }

  @Test
  void aBucketLargerThanASliceIsReadInBoundedMemory() throws IOException {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = fill(ledger, 3_000);
    long slice = 64 << 10;
    BucketReader reader = sliced(ledger, slice);
    List<Entry> found = new ArrayList<>();
    long most = 0;
    for (String fingerprint : fingerprints) {
      found.add(reader.find(fingerprint));
      most = Math.max(most, reader.heldBytes());
    }

    assertThat(found).isEqualTo(Directory.findAll(ledger, BUCKET, fingerprints));
    assertThat(found).doesNotContainNull();
    assertThat(most).isBetween(slice / 2, slice);
    long size = Files.size(Directory.segments(folder).get(0));
    assertThat(size).isGreaterThan(10 * slice);
  }

  @Test
  void onlyRangesThatAreAskedForAreRead() throws IOException {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = fill(ledger, 3_000);
    AtomicInteger opened = new AtomicInteger();
    BucketReader reader =
        new BucketReader(
            new LedgerFiles(counting(opened), new org.apache.hadoop.fs.Path(folder.toUri())),
            Storage.UNTRIED,
            BUCKET,
            64 << 10);
    opened.set(0);

    assertThat(reader.find(fingerprints.get(2_000))).isNotNull();
    assertThat(reader.find(fingerprints.get(2_001))).isNotNull();
    assertThat(reader.find(fingerprint(BUCKET, "none of them"))).isNull();

    // The range around the 2000th, in each of four segments, and the one of what is not there.
    assertThat(opened.get()).isBetween(4, 8);
  }

  private static FilterFileSystem counting(AtomicInteger opened) throws IOException {
    RawLocalFileSystem local = new RawLocalFileSystem();
    local.initialize(java.net.URI.create("file:///"), new Configuration());
    return new FilterFileSystem(local) {
      @Override
      public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize)
          throws IOException {
        opened.incrementAndGet();
        return super.open(path, bufferSize);
      }
    };
  }

  @Test
  void anyOrderOfAskingIsRight() throws IOException {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = fill(ledger, 400);
    List<String> shuffled = new ArrayList<>(fingerprints);
    Collections.shuffle(shuffled, new Random(3));
    BucketReader reader = sliced(ledger, 16 << 10);

    for (String fingerprint : shuffled) {
      assertThat(reader.find(fingerprint).fingerprint()).isEqualTo(fingerprint);
    }
  }

  @Test
  void oneLineLongerThanASliceIsFoundAndItsNeighboursToo() throws IOException {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = ascending(BUCKET, 30);
    try (LedgerWriter writer = ledger.writer()) {
      for (int i = 0; i < 30; i++) {
        writer.append(answer(fingerprints.get(i), "x".repeat(i % 3 == 1 ? 100_000 : 10)));
      }
    }
    BucketReader reader = sliced(ledger, 1_000);

    for (int i = 0; i < 30; i++) {
      assertThat(text(reader.find(fingerprints.get(i)))).hasSize(i % 3 == 1 ? 100_000 : 10);
      assertThat(reader.heldBytes()).isLessThan(102_000);
    }
  }

  @Test
  void segmentsThatVanishWhileTheyAreReadAreFoundInTheirNewOne() throws IOException {
    Ledger ledger = Directory.open(folder);
    List<String> fingerprints = fill(ledger, 200);
    List<Entry> expected = Directory.findAll(ledger, BUCKET, fingerprints);
    AtomicInteger opened = new AtomicInteger();
    RawLocalFileSystem local = new RawLocalFileSystem();
    local.initialize(java.net.URI.create("file:///"), new Configuration());
    FilterFileSystem compacted =
        new FilterFileSystem(local) {
          @Override
          public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize)
              throws IOException {
            if (opened.incrementAndGet() == 2) {
              ledger.vacuum();
            }
            return super.open(path, bufferSize);
          }
        };

    BucketReader reader =
        new BucketReader(
            new LedgerFiles(compacted, new org.apache.hadoop.fs.Path(folder.toUri())),
            Storage.UNTRIED,
            BUCKET,
            1 << 20);
    List<Entry> found = new ArrayList<>();
    for (String fingerprint : fingerprints) {
      found.add(reader.find(fingerprint));
    }

    assertThat(found).isEqualTo(expected);
    assertThat(reader.unreadableSegments()).isZero();
    // The first one, three that had vanished, and the new one.
    assertThat(opened.get()).isEqualTo(5);
  }

  @Test
  void whatIsNoFingerprintIsRefused() throws IOException {
    BucketReader reader = Directory.open(folder).read(BUCKET);

    assertThatIllegalArgumentException().isThrownBy(() -> reader.find("C8"));
  }
}

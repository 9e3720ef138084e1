package io.sparkllm.ledger;

import static io.sparkllm.ledger.Entries.answer;
import static io.sparkllm.ledger.Entries.ascending;
import static io.sparkllm.ledger.Entries.fingerprint;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.FullDiskFileSystem;
import io.sparkllm.testing.ObjectStoreFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Entries from many threads become durable together, and each is told when it is. */
@Timeout(60)
class GroupCommitTest {
  private static final int BUCKET = 33;

  @TempDir Path folder;

  private final Queue<String> durable = new ConcurrentLinkedQueue<>();

  private void awaitDurable(int count) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> durable.size() == count);
  }

  private List<Path> open() {
    return Directory.segments(folder).stream()
        .filter(path -> path.toString().endsWith(".open"))
        .toList();
  }

  @Test
  void anEntryIsThereForOthersWhenItsActionRuns() throws IOException {
    Ledger ledger = Directory.open(folder);
    List<Entry> seen = new ArrayList<>();
    try (GroupCommit commit = new GroupCommit(ledger.writer())) {
      for (int i = 0; i < 20; i++) {
        String row = fingerprint(BUCKET, "row " + i);
        commit.add(
            answer(row, "x"),
            () -> {
              try {
                seen.add(Directory.find(ledger, row));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
              durable.add(row);
            });
        awaitDurable(i + 1);
      }
      assertThat(commit.failure()).isNull();
    }
    assertThat(seen).hasSize(20).doesNotContainNull();
  }

  @Test
  void entriesOfManyThreadsAreAllWrittenOnce() throws Exception {
    Ledger ledger = Directory.open(folder);
    int threads = 4;
    int each = 5_000;
    try (GroupCommit commit = new GroupCommit(ledger.writer())) {
      List<Thread> adding = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        String name = "thread " + t + " row ";
        adding.add(
            new Thread(
                () -> {
                  for (int i = 0; i < each; i++) {
                    String row = fingerprint(i % 4, name + i);
                    commit.expect(i % 4);
                    commit.add(answer(row, name + i), () -> durable.add(row));
                  }
                }));
      }
      adding.forEach(Thread::start);
      for (Thread thread : adding) {
        thread.join();
      }
    }

    assertThat(durable).hasSize(20_000).doesNotHaveDuplicates();
    assertThat(ledger.stats().answers()).isEqualTo(20_000);
    assertThat(ledger.stats().superseded()).isZero();
    assertThat(ledger.stats().openSegments()).isZero();
  }

  @Test
  void whatWaitsWhileOneCommitRunsIsWrittenAndFlushedTogether() throws Exception {
    Ledger ledger = Directory.open(folder);
    AtomicInteger flushes = new AtomicInteger();
    CountDownLatch flushing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    LedgerFiles files =
        HookedFiles.of(
            folder,
            (step, path) -> {
              if (step == HookedFiles.Step.FLUSH && flushes.incrementAndGet() == 1) {
                flushing.countDown();
                awaitUnchecked(go);
              }
            });
    try (GroupCommit commit =
        new GroupCommit(
            new LedgerWriter(ledger, files, new Storage(true, true), System::nanoTime))) {
      commit.add(answer(fingerprint(BUCKET, "first"), "x"), () -> durable.add("first"));
      flushing.await();
      for (int i = 0; i < 1_000; i++) {
        String row = "row " + i;
        commit.add(answer(fingerprint(BUCKET, row), "x"), () -> durable.add(row));
      }
      assertThat(durable).isEmpty();
      go.countDown();
      awaitDurable(1_001);
    }

    assertThat(flushes.get()).isEqualTo(2);
  }

  private static void awaitUnchecked(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aBucketsSegmentEndsWhenItIsPassedAndNoCallIsLeft() throws IOException {
    Ledger ledger = Directory.open(folder);
    try (GroupCommit commit = new GroupCommit(ledger.writer())) {
      commit.expect(BUCKET);
      commit.expect(BUCKET);
      commit.expect(BUCKET);
      commit.add(answer(fingerprint(BUCKET, "a"), "x"), () -> durable.add("a"));
      awaitDurable(1);
      commit.passed(BUCKET);
      commit.add(answer(fingerprint(BUCKET, "b"), "x"), () -> durable.add("b"));
      awaitDurable(2);
      assertThat(open()).hasSize(1);

      commit.abandon(BUCKET);

      Awaitility.await().until(() -> open().isEmpty());
      assertThat(Directory.segments(folder)).hasSize(1);
    }
  }

  @Test
  void theLastEntryOfAPassedBucketIsInItsSegmentBeforeThatEnds() throws IOException {
    Ledger ledger = Directory.open(folder);
    try (GroupCommit commit = new GroupCommit(ledger.writer())) {
      for (int bucket = 0; bucket < 50; bucket++) {
        commit.expect(bucket);
        commit.passed(bucket);
        commit.add(answer(fingerprint(bucket, "a"), "x"), () -> durable.add("a"));
      }
      awaitDurable(50);
      Awaitility.await().until(() -> open().isEmpty());
      assertThat(Directory.segments(folder)).hasSize(50);
    }
    assertThat(Directory.segments(folder)).hasSize(50);
    assertThat(ledger.stats().answers()).isEqualTo(50);
  }

  @Test
  void afterAFullDiskNothingIsCalledDurableThatIsNot() throws IOException {
    Ledger ledger =
        Ledger.open(
            FullDiskFileSystem.disk(folder, 10_000),
            FullDiskFileSystem.configure(new Configuration()));
    List<String> fingerprints = ascending(BUCKET, 2_000);
    GroupCommit commit = new GroupCommit(ledger.writer());
    int added = 0;
    while (commit.failure() == null && added < 2_000) {
      String row = fingerprints.get(added++);
      commit.add(answer(row, "x"), () -> durable.add(row));
      int soFar = added;
      Awaitility.await()
          .pollInterval(Duration.ofMillis(1))
          .until(() -> durable.size() == soFar || commit.failure() != null);
    }
    FullDiskFileSystem.disk(folder, 1_000_000);
    int before = durable.size();
    commit.add(answer(fingerprint(BUCKET, "late"), "x"), () -> durable.add("late"));
    commit.close();

    assertThat(commit.failure())
        .hasMessageContaining(
            "Cannot write to the checkpoint fulldisk:" + folder + ": No space left on device");
    assertThat(durable).hasSize(before).hasSizeBetween(20, 40);
    assertThat(added).isEqualTo(before + 1);
    assertThat(Directory.findAll(ledger, BUCKET, durable)).doesNotContainNull();
  }

  @Test
  void aFailureOfAnyKindIsTold() throws IOException {
    Ledger ledger = Directory.open(folder);
    LedgerFiles files =
        HookedFiles.of(
            folder,
            (step, path) -> {
              if (step == HookedFiles.Step.WRITE) {
                throw new IllegalStateException("Not expected");
              }
            });
    try (GroupCommit commit =
        new GroupCommit(
            new LedgerWriter(ledger, files, new Storage(true, true), System::nanoTime))) {
      commit.add(answer(fingerprint(BUCKET, "a"), "x"), () -> durable.add("a"));
      Awaitility.await().until(() -> commit.failure() != null);

      assertThat(commit.failure()).hasMessageContaining("Not expected");
    }
    assertThat(durable).isEmpty();
  }

  @Test
  void anActionThatFailsTakesNothingElseWithIt() throws IOException {
    Ledger ledger = Directory.open(folder);
    try (GroupCommit commit = new GroupCommit(ledger.writer())) {
      commit.add(
          answer(fingerprint(BUCKET, "a"), "x"),
          () -> {
            throw new IllegalStateException("An error of the caller");
          });
      commit.add(answer(fingerprint(BUCKET, "b"), "x"), () -> durable.add("b"));
      awaitDurable(1);
      assertThat(commit.failure()).isNull();
    }
  }

  @Test
  void closingWritesWhatWasAddedAndEndsTheThread() throws IOException {
    Ledger ledger = Directory.open(folder);
    GroupCommit commit = new GroupCommit(ledger.writer());
    for (String row : ascending(BUCKET, 3_000)) {
      commit.add(answer(row, "x"), () -> durable.add(row));
    }

    commit.close();

    assertThat(durable).hasSize(3_000);
    assertThat(open()).isEmpty();
    assertThat(ledger.stats().answers()).isEqualTo(3_000);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("spark-llm-ledger");
    commit.close();
  }

  @Test
  void anInterruptedTaskKeepsItsAnswersAndItsInterrupt() throws IOException {
    Ledger ledger = Directory.open(folder);
    GroupCommit commit = new GroupCommit(ledger.writer());
    commit.add(answer(fingerprint(BUCKET, "a"), "x"), () -> durable.add("a"));
    Thread.currentThread().interrupt();

    commit.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(durable).containsExactly("a");
    assertThat(ledger.stats().answers()).isEqualTo(1);
  }

  @Test
  void theLastWriteMayFailWhenItIsClosed() throws IOException {
    Ledger ledger = Directory.open(folder);
    LedgerFiles files =
        HookedFiles.of(
            folder,
            (step, path) -> {
              if (step == HookedFiles.Step.CLOSE) {
                throw new IOException("The upload failed");
              }
            });
    GroupCommit commit =
        new GroupCommit(
            new LedgerWriter(ledger, files, new Storage(false, false), System::nanoTime));
    commit.add(answer(fingerprint(BUCKET, "a"), "x"), () -> durable.add("a"));
    awaitDurable(1);
    assertThat(commit.failure()).isNull();

    commit.close();

    assertThat(commit.failure()).hasMessageContaining("The upload failed");
  }

  @Test
  void onAnObjectStoreActionsRunAtOnceAndEntriesAreThereAtTheEnd() throws IOException {
    Ledger ledger =
        Ledger.open(
            ObjectStoreFileSystem.store(folder),
            ObjectStoreFileSystem.configure(new Configuration()));
    try (GroupCommit commit = new GroupCommit(ledger.writer())) {
      commit.add(answer(fingerprint(BUCKET, "a"), "x"), () -> durable.add("a"));
      awaitDurable(1);
      assertThat(Directory.find(ledger, fingerprint(BUCKET, "a"))).isNull();
    }
    assertThat(Directory.find(ledger, fingerprint(BUCKET, "a"))).isNotNull();
  }
}

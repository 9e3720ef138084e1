package io.sparkllm.batch;

import io.sparkllm.batch.service.BatchClient;
import io.sparkllm.batch.service.BatchPage;
import io.sparkllm.batch.service.RemoteBatch;
import io.sparkllm.batch.service.ServiceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/** Looks at the service's batches: many by its list, few one by one. For one thread. */
final class LiveBatches {
  /** Up to so many are looked at one by one. */
  private static final int FEW = 3;

  /** The clocks of driver and service may differ by so much. */
  private static final long SKEW_SECONDS = 600;

  /** Looks at an ended batch until it is believed that no result file follows. */
  private static final int LATE_LOOKS = 10;

  /** The same where all of its requests seem to have failed, which counts may tell wrongly. */
  private static final int FAILED_LOOKS = 4;

  /** Looks that do not find a batch until it is believed to be gone. */
  private static final int GONE_LOOKS = 5;

  /** Of those that the list did not show, so many are asked for at once. */
  private static final int SINGLES = 20;

  private final BatchClient client;
  private final Map<String, RemoteBatch> seen = new HashMap<>();
  private final Map<String, Integer> late = new HashMap<>();
  private final Map<String, Integer> unseen = new HashMap<>();
  private final List<BatchFile> gone = new ArrayList<>();
  private boolean news;
  private boolean settled;

  LiveBatches(BatchClient client) {
    this.client = client;
  }

  /** The batches of files that were being created, by the files' names. */
  Map<String, RemoteBatch> search(Collection<BatchFile> files, FileNames names)
      throws ServiceException {
    Map<String, RemoteBatch> found = new HashMap<>();
    if (!files.isEmpty()) {
      walk(
          files,
          (batch, file) -> {
            boolean is = names.isOf(batch, file);
            if (is) {
              found.put(file.name(), batch);
            }
            return is;
          });
    }
    return found;
  }

  /** What the service says of files' batches, as far as it says something. */
  Map<BatchFile, RemoteBatch> poll(List<BatchFile> files) throws ServiceException {
    Map<BatchFile, RemoteBatch> found = new LinkedHashMap<>();
    gone.clear();
    news = false;
    settled = true;
    if (files.size() > FEW) {
      walk(
          files,
          (batch, file) -> {
            boolean is = batch.id().equals(file.batchId());
            if (is) {
              found.put(file, batch);
            }
            return is;
          });
    }
    int singles = 0;
    for (BatchFile file : files) {
      if (!found.containsKey(file) && singles++ < SINGLES) {
        retrieve(file, found);
      }
    }
    found.forEach(
        (file, batch) -> {
          RemoteBatch before = seen.put(batch.id(), batch);
          news |= before != null && !before.status().equals(batch.status());
        });
    return found;
  }

  private void retrieve(BatchFile file, Map<BatchFile, RemoteBatch> found) throws ServiceException {
    try {
      found.put(file, client.retrieve(file.batchId()));
      unseen.remove(file.batchId());
    } catch (ServiceException e) {
      if (!e.isNotFound()) {
        throw e;
      }
      if (unseen.merge(file.batchId(), 1, Integer::sum) >= GONE_LOOKS) {
        gone.add(file);
      } else {
        settled = false;
      }
    }
  }

  /** Reads the list, the newest first, until it is older than all files. */
  private void walk(Collection<BatchFile> files, BiPredicate<RemoteBatch, BatchFile> isFound)
      throws ServiceException {
    long oldest =
        files.stream().mapToLong(BatchFile::since).min().orElseThrow() / 1000 - SKEW_SECONDS;
    Collection<BatchFile> left = new ArrayList<>(files);
    String after = null;
    // Far more than were made: a list that ends nowhere must not hold the run.
    int pages = 10 + files.size() / 10;
    for (int i = 0; i < pages && !left.isEmpty(); i++) {
      BatchPage page = client.list(after);
      for (RemoteBatch batch : page.batches()) {
        left.removeIf(file -> isFound.test(batch, file));
        if (batch.createdAt() > 0 && batch.createdAt() < oldest) {
          return;
        }
        after = batch.id();
      }
      if (!page.hasMore()) {
        return;
      }
    }
  }

  /** Batches that the service does not know any more, as of the last look. */
  List<BatchFile> gone() {
    return gone;
  }

  /** Whether a batch that has not ended came on at the last look. */
  boolean hasNews() {
    return news;
  }

  /** Whether an ended batch may name result files later that it does not name yet. */
  boolean mayNameFilesLater(RemoteBatch batch) {
    boolean allFailed = batch.errorFileId() != null && batch.counts().completed() == 0;
    boolean may =
        batch.outputFileId() == null
            && late.merge(batch.id(), 1, Integer::sum) < (allFailed ? FAILED_LOOKS : LATE_LOOKS);
    settled &= !may;
    return may;
  }

  /** Whether the last look has shown what became of every batch that has ended or is gone. */
  boolean isSettled() {
    return settled;
  }

  /** What was seen last, by batch. */
  Map<String, RemoteBatch> seen() {
    return seen;
  }
}

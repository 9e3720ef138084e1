package io.sparkllm.batch;

import io.sparkllm.BatchReport;
import io.sparkllm.BatchReport.Batch;
import io.sparkllm.batch.BatchFile.State;
import io.sparkllm.batch.service.RemoteBatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tells how files stand. */
final class Reports {
  private Reports() {}

  static BatchReport of(
      String checkpoint, Manifest manifest, long tokenLimit, Map<String, RemoteBatch> seen) {
    List<Batch> batches = new ArrayList<>();
    for (BatchFile file : manifest.batches().all()) {
      batches.add(batch(file, file.batchId() == null ? null : seen.get(file.batchId())));
    }
    return new BatchReport(
        checkpoint,
        batches,
        manifest.batches().enqueued(),
        tokenLimit == Long.MAX_VALUE ? null : tokenLimit);
  }

  private static Batch batch(BatchFile file, RemoteBatch remote) {
    boolean isCollected = file.state() == State.COLLECTED || file.state() == State.DONE;
    return new Batch(
        file.name(),
        file.batchId(),
        state(file, remote),
        file.state() == State.DONE,
        file.round(),
        file.requests(),
        isCollected ? file.results().answers() : remote == null ? 0 : remote.counts().completed(),
        isCollected ? file.results().errors() : remote == null ? 0 : remote.counts().failed(),
        Instant.ofEpochMilli(file.since()),
        remote == null || isCollected ? null : remote.expiry());
  }

  private static String state(BatchFile file, RemoteBatch remote) {
    return switch (file.state()) {
      case LIVE -> remote == null ? "created" : remote.status();
      case ENDED, DONE, COLLECTED -> file.ending();
      default -> file.state().name().toLowerCase(Locale.ROOT);
    };
  }
}

package io.sparkllm.batch;

import io.sparkllm.batch.service.RemoteBatch;
import java.util.Locale;
import java.util.Map;

/** Names of files, and the metadata by which their batches are found. */
final class FileNames {
  private final String run;
  private final String prefix;
  private int last;

  FileNames(String run, BatchFiles files) {
    this.run = run;
    this.prefix = "sparkllm-" + run.substring(0, 8) + "-";
    for (BatchFile file : files.all()) {
      if (file.name().startsWith(prefix)) {
        last = Math.max(last, Integer.parseInt(file.name().replaceAll(".*-|\\.jsonl", "")));
      }
    }
  }

  String next() {
    return String.format(Locale.ROOT, "%s%06d.jsonl", prefix, ++last);
  }

  Map<String, String> metadata(BatchFile file) {
    return Map.of(
        "sparkllm_run",
        run,
        "sparkllm_file",
        file.name(),
        "sparkllm_create",
        String.valueOf(file.creates()));
  }

  /** Whether a batch is the one that was created last for a file. */
  boolean isOf(RemoteBatch batch, BatchFile file) {
    return batch.metadata().isEmpty()
        // Some services keep no metadata; an uploaded file is used by one batch after the other.
        ? file.fileId().equals(batch.inputFileId()) && !batch.status().equals("failed")
        : batch.metadata().equals(metadata(file));
  }
}

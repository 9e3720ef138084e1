package io.sparkllm.local.batch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client asks a batch to be.
 *
 * @param inputFileId may name nothing: that shows when the batch is validated
 * @param endpoint path of the API that every line is for, e.g. {@code /v1/chat/completions}
 * @param metadata the client's own, in its order
 * @param outputLifeSeconds seconds until result files expire, from their creation
 */
public record NewBatch(
    String inputFileId, String endpoint, Map<String, String> metadata, long outputLifeSeconds) {
  /** Copies the metadata. */
  public NewBatch {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }
}

package io.sparkllm.batch.service;

import java.util.List;

/**
 * One page of the list of batches, the newest first.
 *
 * @param batches the page
 * @param hasMore whether older ones follow
 */
public record BatchPage(List<RemoteBatch> batches, boolean hasMore) {
  /** Copies the list. */
  public BatchPage {
    batches = List.copyOf(batches);
  }
}

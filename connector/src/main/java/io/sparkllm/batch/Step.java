package io.sparkllm.batch;

import java.util.List;

/** What the driver does next. */
sealed interface Step {
  /** Looks in the service's list for batches whose create reply was lost. */
  record Lookup(List<BatchFile> files) implements Step {}

  /** Takes the refused lines out of a file. */
  record Repair(BatchFile file) implements Step {}

  /** Makes smaller files of one that is over the token limit alone. */
  record Split(BatchFile file) implements Step {}

  /** Creates batches. */
  record Create(List<BatchFile> files) implements Step {}

  /** Uploads files. */
  record Upload(List<BatchFile> files) implements Step {}

  /** Keeps the results of ended batches. */
  record Collect(List<BatchFile> files) implements Step {}

  /** Makes new files of the rows that go again. */
  record Again(List<BatchFile> files) implements Step {}

  /** Looks at the live batches. */
  record Poll() implements Step {}

  /**
   * Nothing to do for a while.
   *
   * @param millis how long
   */
  record Wait(long millis) implements Step {}

  /** The command has come as far as it goes. */
  record End() implements Step {}
}

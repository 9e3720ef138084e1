package io.sparkllm.local.batch;

/** Answers the lines of batches as the interactive routes answer calls. Thread-safe. */
public interface LineModel {
  /**
   * Reads a line's body without answering it.
   *
   * @param endpoint the batch's
   * @param body a JSON object
   * @return its model and tokens, or what is wrong with it
   */
  LineCheck check(String endpoint, String body);

  /**
   * Answers a line.
   *
   * @param endpoint the batch's
   * @param customId the client's id of the line
   * @param body a JSON object
   * @return the answer or the failure; never null
   */
  LineOutcome run(String endpoint, String customId, String body);
}

package io.sparkllm.batch;

/** How far a command takes the batches. */
enum Until {
  /** All that can be submitted is. */
  SUBMITTED,
  /** Everything was looked at once, and done what there was to do. */
  LOOKED,
  /** All batches have ended and nothing goes again. */
  DONE
}

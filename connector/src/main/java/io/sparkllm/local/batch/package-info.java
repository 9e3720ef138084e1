/**
 * The batches of the local endpoint: what the Batch API does between a create and the result files,
 * its states, limits and oddities scripted. Knows nothing of HTTP; lines are answered by the
 * endpoint's model service ({@link io.sparkllm.local.batch.LineModel}).
 */
package io.sparkllm.local.batch;

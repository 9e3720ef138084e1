/**
 * The files of the local endpoint: uploads that stream from the wire to disk, and what was stored,
 * by id. Knows nothing of HTTP routes or batches.
 */
package io.sparkllm.local.files;

/** What executors do: rows into chunks of lines, chunks into files, results into the checkpoint. */
package io.sparkllm.batch.rows;

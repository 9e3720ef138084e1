/**
 * The Batch API's side of the connector: rows go in files, and answers come hours later into the
 * checkpoint. {@code service} speaks the protocol, {@code rows} does what executors do with rows
 * and files, and this package is the driver: what there is to do, when, and what was done.
 */
package io.sparkllm.batch;

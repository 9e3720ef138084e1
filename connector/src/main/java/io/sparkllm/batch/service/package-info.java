/** The service's files and batches, over HTTP. */
package io.sparkllm.batch.service;

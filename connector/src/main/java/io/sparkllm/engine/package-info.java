/**
 * How a partition is run: {@link io.sparkllm.engine.PartitionCall} travels to the executor, {@code
 * CallIterator} pulls rows through a bounded window, {@code Dispatcher} sends their calls within
 * concurrency and rate limit, {@code ExecutorRegistry} holds what one JVM shares.
 */
package io.sparkllm.engine;

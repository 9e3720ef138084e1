/**
 * What the executors of an application tell its driver while they call, over Spark's own RPC. All
 * Spark-internal names stand in {@code SparkRpc}.
 */
package io.sparkllm.coordination;

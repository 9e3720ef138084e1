/**
 * What the tests stand on: one shared Spark session in the tests' own JVM, and Spark in JVMs of its
 * own where drivers are killed, tasks are retried or the jobs jar is submitted as users do it.
 */
package io.sparkllm.testing;

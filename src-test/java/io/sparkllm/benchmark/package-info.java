/**
 * The benchmark that {@code src-test/benchmark} runs: the connector against a bare HTTP client,
 * against the ideal rate, and against itself with more rows. Endpoint and clients run in JVMs of
 * their own; docs/benchmark.md tells what is measured and holds the results.
 */
package io.sparkllm.benchmark;

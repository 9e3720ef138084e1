package io.sparkllm.benchmark;

/**
 * What a client tells about a job.
 *
 * @param seconds from the first row to the last answer
 * @param cpuSeconds CPU time of its process meanwhile
 * @param processCpuSeconds CPU time of its process since it was started
 * @param heapMegabytes most heap in use after a full collection; 0 where nobody watched
 */
record Ran(double seconds, double cpuSeconds, double processCpuSeconds, double heapMegabytes) {}

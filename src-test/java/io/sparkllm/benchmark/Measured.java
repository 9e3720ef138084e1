package io.sparkllm.benchmark;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One job, seen from all sides.
 *
 * @param job what was asked
 * @param ran what the client tells
 * @param stats what the endpoint counted
 * @param wallSeconds how long it took, Spark's planning included
 * @param endpointCpu CPU seconds of the endpoint
 */
record Measured(Job job, Ran ran, JsonNode stats, double wallSeconds, double endpointCpu) {

  double rate() {
    return job.rows() / ran.seconds();
  }

  /** Answers in the median second, without the first and the last: a straggling end is out. */
  double sustainedRate() {
    List<Double> seconds = new ArrayList<>();
    stats.path("seconds").forEach(second -> seconds.add(second.path("requests").asDouble()));
    return seconds.size() < 3
        ? rate()
        : Statistics.median(
            seconds.subList(1, seconds.size() - 1).stream().mapToDouble(d -> d).toArray());
  }

  double cpuPerThousand() {
    return ran.cpuSeconds() / job.rows() * 1000;
  }

  /** Cores that client and endpoint kept busy. */
  double busyCores() {
    return (ran.cpuSeconds() + endpointCpu) / wallSeconds;
  }

  double endpointCpuPerThousand() {
    return endpointCpu / stats.path("requests").asDouble() * 1000;
  }

  long throttled() {
    return stats.path("byStatus").path("429").asLong();
  }

  /** Tokens that the answers used, prompt and completion, by the minute. */
  double tokensPerMinute() {
    return (stats.path("promptTokens").asDouble() + stats.path("completionTokens").asDouble())
        / ran.seconds()
        * 60;
  }
}

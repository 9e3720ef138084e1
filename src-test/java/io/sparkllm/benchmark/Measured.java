package io.sparkllm.benchmark;

import io.sparkllm.shaded.jackson.databind.JsonNode;

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

  /** Calls in the median second, of those between the first call's and the last one's. */
  double sustainedRate() {
    JsonNode seconds = stats.path("seconds");
    long first = seconds.path(0).path("epochSecond").asLong();
    long last = seconds.path(seconds.size() - 1).path("epochSecond").asLong();
    if (last - first < 2) {
      return rate();
    }
    // The endpoint tells of no second without a call; here they count.
    double[] calls = new double[(int) (last - first - 1)];
    for (JsonNode second : seconds) {
      long index = second.path("epochSecond").asLong() - first - 1;
      if (index >= 0 && index < calls.length) {
        calls[(int) index] += second.path("requests").asDouble();
      }
    }
    return Statistics.median(calls);
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

  /** Tokens, prompt and completion, that the answers of a minute of such seconds use. */
  double sustainedTokensPerMinute() {
    double tokens =
        stats.path("promptTokens").asDouble() + stats.path("completionTokens").asDouble();
    return tokens / job.rows() * sustainedRate() * 60;
  }
}

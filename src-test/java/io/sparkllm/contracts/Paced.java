package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.local.EndpointStats;
import io.sparkllm.testing.CallTimes;
import io.sparkllm.testing.EndpointProcess;
import java.time.Duration;
import java.util.Locale;

/**
 * What an endpoint with a limit saw of one scenario.
 *
 * @param scenario its name
 * @param calls accepted calls, in requests or tokens as the limit counts
 * @param stats all counts
 * @param perSecond the limit
 */
record Paced(String scenario, CallTimes calls, EndpointStats stats, double perSecond) {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** A script with that {@code rateLimit}, enforced as strictly as the connector promises it. */
  static String script(String rateLimit) {
    return """
    {"latencyMs": 100, "recordTimes": true, "rateLimit": {"burstSeconds": 1, %s}}
    """
        .formatted(rateLimit);
  }

  static Paced byRequests(String scenario, EndpointProcess endpoint, double perMinute) {
    return new Paced(scenario, endpoint.requests(), endpoint.stats(), perMinute / 60).printed();
  }

  static Paced byTokens(String scenario, EndpointProcess endpoint, double perMinute) {
    return new Paced(scenario, endpoint.tokens(), endpoint.stats(), perMinute / 60).printed();
  }

  /** How much of the limit was used from the first call to the last, in percent. */
  double percentUsed() {
    return 100 * calls.perSecond() / perSecond;
  }

  /** Requests that were answered with 429, in percent. */
  double percentRefused() {
    return 100.0 * stats.byStatus().getOrDefault(429, 0L) / stats.requests();
  }

  /**
   * At most the limit and one second's credit in any window. Where the endpoint enforces the limit
   * itself, that no call was refused tells more.
   */
  void assertHeld() {
    assertThat(stats.byStatus()).as("429s").doesNotContainKey(429);
    assertThat(calls.mostIn(SECOND))
        .as("most in a second")
        .isLessThanOrEqualTo(Math.round(2 * perSecond));
    assertThat(calls.mostIn(MINUTE))
        .as("most in a minute")
        .isLessThanOrEqualTo(Math.round(61 * perSecond));
  }

  private Paced printed() {
    System.out.printf(
        Locale.ROOT,
        "%s: %.1f %% of %.0f/s used, %.2f %% of %d requests refused, most in a second %d (limit and"
            + " credit %.0f), in a minute %d (%.0f), %d asked twice%n",
        scenario,
        percentUsed(),
        perSecond,
        percentRefused(),
        stats.requests(),
        calls.mostIn(SECOND),
        2 * perSecond,
        calls.mostIn(MINUTE),
        61 * perSecond,
        stats.doubles());
    return this;
  }
}

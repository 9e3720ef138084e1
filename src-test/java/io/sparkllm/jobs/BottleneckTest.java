package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.CallCounts;
import io.sparkllm.LlmOptions;
import io.sparkllm.RunStatus;
import io.sparkllm.throttle.EffectiveLimit;
import io.sparkllm.throttle.LimitSource;
import io.sparkllm.throttle.Waits;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BottleneckTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Waits BY_LIMIT = new Waits(45_000, 5_000, 5_000, 5_000);

  /** 100 calls of 1,000 tokens each. */
  private static final CallCounts COUNTS =
      new CallCounts(100, 0, 100, 0, 80_000, 20_000, 0, 0, 0, 0);

  private static Optional<String> hint(
      Waits waits, EffectiveLimit requests, EffectiveLimit tokens, Map<String, String> options) {
    return Bottleneck.hint(
        new RunStatus(COUNTS, 0, 0, requests, tokens, waits), MINUTE, LlmOptions.of(options));
  }

  private static EffectiveLimit limit(double perMinute, LimitSource source) {
    return new EffectiveLimit(perMinute, source);
  }

  @Test
  void aLimitByOptionNamesTheOptionAndItsValue() {
    assertThat(
            hint(
                BY_LIMIT,
                limit(6_000, LimitSource.OPTION),
                null,
                Map.of("requestsPerMinute", "6000")))
        .contains(
            "75 % of the time was spent waiting for --requests-per-minute 6000; raise it if the"
                + " account allows more");
    assertThat(
            hint(
                BY_LIMIT,
                null,
                limit(2e6, LimitSource.OPTION),
                Map.of("tokensPerMinute", "2000000")))
        .get()
        .asString()
        .contains("for --tokens-per-minute 2000000; raise it");
  }

  @Test
  void ofTwoLimitsTheOneThatIsUsedMoreIsNamed() {
    assertThat(both(600, 900_000, Map.of())).contains("--requests-per-minute 600;");
    assertThat(both(600, 500_000, Map.of())).contains("--tokens-per-minute 500000;");
    // Charged is the whole length that an answer may have.
    assertThat(both(600, 900_000, Map.of("maxTokens", "2000")))
        .contains("--tokens-per-minute 900000;");
  }

  private static String both(int requests, int tokens, Map<String, String> more) {
    Map<String, String> options = new HashMap<>(more);
    options.put("requestsPerMinute", String.valueOf(requests));
    options.put("tokensPerMinute", String.valueOf(tokens));
    return hint(
            BY_LIMIT,
            limit(requests, LimitSource.OPTION),
            limit(tokens, LimitSource.OPTION),
            options)
        .orElseThrow();
  }

  @Test
  void aLimitOfTheServiceIsNothingThatOptionsCouldChange() {
    assertThat(hint(BY_LIMIT, limit(9_700.2, LimitSource.HEADER), null, Map.of()))
        .contains(
            "75 % of the time was spent waiting for the service's own limit of 9,700 requests/min,"
                + " as its headers tell it; no option helps, a higher tier or another key or"
                + " endpoint may");
    assertThat(hint(BY_LIMIT, limit(840, LimitSource.LEARNED), null, Map.of()))
        .get()
        .asString()
        .contains("840 requests/min, as learned from its refusals; no option helps");
    assertThat(hint(BY_LIMIT, null, null, Map.of()))
        .get()
        .asString()
        .contains("a service that refused calls as too many");
  }

  @Test
  void tooFewCallsAtATimeNameTheConcurrency() {
    assertThat(hint(new Waits(1_000, 50_000, 1_000, 1_000), null, null, Map.of()))
        .get()
        .asString()
        .contains(
            "--concurrency 64 allows each executor; raise it, or give the job more executors");
  }

  @Test
  void slowAnswersNameWhatIsNotDoneYet() {
    Waits waits = new Waits(1_000, 1_000, 50_000, 1_000);

    assertThat(hint(waits, null, null, Map.of("maxTokens", "500")))
        .get()
        .asString()
        .contains(
            "answers, with no further row to ask; --ordered false, fewer partitions with more rows,"
                + " and a lower --max-tokens 500 or --request-timeout 3min may help");
    assertThat(hint(waits, null, null, Map.of("ordered", "false")))
        .get()
        .asString()
        .doesNotContain("ordered")
        .contains("a lower --max-tokens or --request-timeout");
  }

  @Test
  void slowRowsAreSparksMatter() {
    assertThat(hint(new Waits(1_000, 1_000, 1_000, 50_000), null, null, Map.of()))
        .get()
        .asString()
        .contains("Spark to read rows and to write answers; give the job more cores");
    // In its first seconds a JVM is slow.
    RunStatus cold = new RunStatus(COUNTS, 0, 0, null, null, new Waits(0, 0, 0, 11_000));
    assertThat(Bottleneck.hint(cold, Duration.ofSeconds(12), LlmOptions.defaults())).isEmpty();
  }

  @Test
  void thereIsNoHintWhereNothingClearlyHeldTheRunBack() {
    assertThat(hint(new Waits(29_000, 11_000, 10_000, 10_000), null, null, Map.of())).isEmpty();
    assertThat(hint(Waits.ZERO, null, null, Map.of())).isEmpty();
    // It called for a small part of its time.
    assertThat(hint(new Waits(9_000, 0, 0, 0), null, null, Map.of())).isEmpty();
  }

  @Test
  void thereIsNoHintAfterAFewSeconds() {
    RunStatus status = new RunStatus(COUNTS, 0, 0, null, null, new Waits(0, 4_000, 0, 0));

    assertThat(Bottleneck.hint(status, Duration.ofSeconds(4), LlmOptions.defaults())).isEmpty();
  }
}

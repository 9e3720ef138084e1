package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimiterTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong(5 * SECOND);
  private final RateLimiter limiter = new RateLimiter(now::get);

  @Test
  void admitsOneSecondsWorthAtOnceAndThenAtTheRate() {
    limiter.limit(upfront(600, 0, 1, true));

    assertThat(admitted(50, 1)).isEqualTo(10);
    now.addAndGet(SECOND / 2);
    assertThat(admitted(50, 1)).isEqualTo(5);
    now.addAndGet(60 * SECOND);
    assertThat(admitted(50, 1)).isEqualTo(10);
  }

  @Test
  void neverAdmitsMoreThanTheLimitAndItsBurstInAMinute() {
    limiter.limit(upfront(120, 6_000, 1, true));

    int requests = 0;
    for (int step = 0; step < 6_000; step++) {
      requests += admitted(3, 40);
      now.addAndGet(SECOND / 100);
    }

    assertThat(requests).isBetween(118, 123);
  }

  @Test
  void saysHowLongToWaitAndAdmitsThen() {
    limiter.limit(upfront(0, 60_000, 1, true));
    assertThat(limiter.admit("m", 1_000).refusal()).isNull();

    RateLimiter.Verdict refused = limiter.admit("m", 250);

    assertThat(refused.refusal().status()).isEqualTo(429);
    assertThat(refused.refusal().type()).isEqualTo("tokens");
    assertThat(refused.refusal().message())
        .isEqualTo(
            "Rate limit reached for m in project proj_local on tokens per min (TPM): Limit 60000,"
                + " Used 60000, Requested 250. Please try again in 250ms.");
    assertThat(refused.headers()).containsEntry("retry-after", "1");
    assertThat(refused.headers()).containsEntry("retry-after-ms", "250");
    now.addAndGet(refused.waitNanos());
    assertThat(limiter.admit("m", 250).refusal()).isNull();
  }

  @Test
  void headersTellLimitRestAndReset() {
    limiter.limit(upfront(60, 60_000, 1, true));

    RateLimiter.Verdict verdict = limiter.admit("m", 500);

    assertThat(verdict.headers())
        .containsEntry("x-ratelimit-limit-requests", "60")
        .containsEntry("x-ratelimit-remaining-requests", "59")
        .containsEntry("x-ratelimit-reset-requests", "1s")
        .containsEntry("x-ratelimit-limit-tokens", "60000")
        .containsEntry("x-ratelimit-remaining-tokens", "59500")
        .containsEntry("x-ratelimit-reset-tokens", "500ms");
  }

  @Test
  void headersCanBeLeftOut() {
    limiter.limit(upfront(60, 0, 1, false));

    assertThat(limiter.admit("m", 1).headers()).isEmpty();
    assertThat(limiter.admit("m", 1).headers()).isEmpty();
  }

  @Test
  void moreThanAMinutesTokensNeverPasses() {
    limiter.limit(upfront(0, 1_000, 1, true));

    assertThat(limiter.admit("m", 1_001).refusal().message())
        .startsWith("Request too large for m")
        .contains("Limit 1000, Requested 1001");
    assertThat(limiter.admit("m", 1_000).refusal()).isNull();
  }

  @Test
  void whatIsOwedStaysOwedWhenTheLimitChanges() {
    limiter.limit(upfront(0, 60_000, 1, true));
    limiter.admit("m", 6_000);

    limiter.limit(upfront(0, 6_000, 1, true));

    assertThat(limiter.admit("m", 100).waitNanos()).isGreaterThan(58 * SECOND);
    limiter.limit(null);
    assertThat(limiter.admit("m", 1_000_000).refusal()).isNull();
  }

  @Test
  void whatAnAnswerUsedBeyondItsChargeIsADebt() {
    limiter.limit(new RateLimit(0, 60_000, 1, true, RateLimit.Charge.USED));
    assertThat(limiter.admit("m", 400).refusal()).isNull();

    assertThat(limiter.settle(400, 3_000)).isEqualTo(3_000);

    assertThat(limiter.admit("m", 1).waitNanos()).isEqualTo(2 * SECOND + SECOND / 1_000);
    now.addAndGet(2 * SECOND + SECOND / 1_000);
    RateLimiter.Verdict verdict = limiter.admit("m", 1);
    assertThat(verdict.refusal()).isNull();
    assertThat(verdict.headers()).containsEntry("x-ratelimit-remaining-tokens", "59000");
  }

  @Test
  void whatAnAnswerDidNotUseIsNotGivenBack() {
    limiter.limit(new RateLimit(0, 60_000, 1, true, RateLimit.Charge.USED));
    limiter.admit("m", 1_000);

    assertThat(limiter.settle(1_000, 10)).isEqualTo(1_000);

    assertThat(limiter.admit("m", 1).refusal()).isNotNull();
  }

  @Test
  void whatWasChargedUpFrontIsAll() {
    limiter.limit(upfront(0, 60_000, 1, true));
    limiter.admit("m", 400);

    assertThat(limiter.settle(400, 3_000)).isEqualTo(400);

    assertThat(limiter.admit("m", 600).refusal()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "1, 1ms",
    "12000000, 12ms",
    "1000000000, 1s",
    "8640000000, 8.64s",
    "360000000000, 6m0s",
    "3723000000000, 1h2m3s",
  })
  void durationsAreWrittenAsGoWritesThem(long nanos, String written) {
    assertThat(GoDuration.format(nanos)).isEqualTo(written);
  }

  private static RateLimit upfront(
      long requestsPerMinute, long tokensPerMinute, double burstSeconds, boolean headers) {
    return new RateLimit(
        requestsPerMinute, tokensPerMinute, burstSeconds, headers, RateLimit.Charge.UPFRONT);
  }

  private int admitted(int attempts, long tokens) {
    int admitted = 0;
    for (int i = 0; i < attempts; i++) {
      admitted += limiter.admit("m", tokens).refusal() == null ? 1 : 0;
    }
    return admitted;
  }
}

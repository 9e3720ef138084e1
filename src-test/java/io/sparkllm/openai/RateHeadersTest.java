package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.throttle.HeaderLimit;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateHeadersTest {
  private static final Instant NOW = Instant.parse("2024-07-01T10:00:00Z");

  private static Map<String, String> headers(String limit, String remaining, String reset) {
    return Map.of(
        "x-ratelimit-limit-requests", limit,
        "x-ratelimit-remaining-requests", remaining,
        "x-ratelimit-reset-requests", reset);
  }

  private static HeaderLimit read(String limit, String remaining, String reset) {
    return RateHeaders.read(headers(limit, remaining, reset), "requests", NOW);
  }

  /** The forms of protocol notes §5. */
  @ParameterizedTest
  @CsvSource({
    "12ms, 12",
    "1s, 1000",
    "8.64s, 8640",
    "6m0s, 360000",
    "1h2m3s, 3723000",
    "5h30m33ms, 19800033",
    "1d, 86400000",
    "1d12h, 129600000",
    "500us, 0.5",
    "500µs, 0.5",
    "1500000ns, 1.5",
    "0s, 0",
    "60, 60000",
    "0.25, 250",
    " 2s , 2000",
    // 2024-07-01T10:00:30Z
    "1719828030, 30000",
    "1719828030.5, 30500",
    "2024-07-01T10:00:30Z, 30000",
    "2024-07-01T10:00:30.250Z, 30250",
    "2024-07-01T12:00:30+02:00, 30000",
  })
  void readsResetsInAllForms(String reset, double millis) {
    assertThat(read("100", "99", reset))
        .isEqualTo(new HeaderLimit(100, 99, (long) (millis * 1_000_000)));
  }

  @Test
  void aTimeThatHasPassedIsNegative() {
    assertThat(read("100", "99", "2024-07-01T09:59:59Z").resetNanos()).isEqualTo(-1_000_000_000L);
  }

  @Test
  void readsTokensApartFromRequests() {
    Map<String, String> headers =
        Map.of(
            "x-ratelimit-limit-requests", "1",
            "x-ratelimit-remaining-requests", "1",
            "x-ratelimit-reset-requests", "1s",
            "x-ratelimit-limit-tokens", "150000000",
            "x-ratelimit-remaining-tokens", "149999967",
            "x-ratelimit-reset-tokens", "1ms");

    assertThat(RateHeaders.read(headers, "tokens", NOW))
        .isEqualTo(new HeaderLimit(150_000_000, 149_999_967, 1_000_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-ratelimit-limit-requests",
        "x-ratelimit-remaining-requests",
        "x-ratelimit-reset-requests"
      })
  void saysNothingWhereOneOfThemIsMissing(String missing) {
    Map<String, String> headers = new HashMap<>(headers("100", "99", "1s"));
    headers.remove(missing);

    assertThat(RateHeaders.read(headers, "requests", NOW)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "'', 99, 1s",
    "unlimited, 99, 1s",
    "100, -, 1s",
    "'100, 100;w=60', 99, 1s",
    "100, 99, ''",
    "100, 99, soon",
    "100, 99, 1s later",
    "100, 99, s",
    "100, 99, 1.2.3s",
    "100, 99, 2024-07-01",
    "100, 99, 2024-13-41T10:00:00Z",
    "100, 99, 10:00:30",
    "100, 99, 'Mon, 01 Jul 2024 10:00:30 GMT'",
    "0x10, 99, 1s",
  })
  void saysNothingWhereOneCannotBeRead(String limit, String remaining, String reset) {
    assertThat(read(limit, remaining, reset)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e300",
        "NaN",
        "Infinity",
        "-1",
        "99999999999999999999h",
        "+1000000000-12-31T23:59:59Z"
      })
  void neverThrowsWhateverTheResetIs(String reset) {
    HeaderLimit seen = read("100", "99", reset);

    assertThat(seen == null || seen.limit() == 100).isTrue();
  }

  @Test
  void doesNotTakeLongOverALongReset() {
    assertThat(read("100", "99", "1".repeat(100_000) + "x")).isNull();
    assertThat(read("100", "99", "1s".repeat(50_000))).isNull();
  }

  @Test
  void takesWholeNumbersOfDecimals() {
    assertThat(read("100.0", "99.9", "1s")).isEqualTo(new HeaderLimit(100, 99, 1_000_000_000L));
  }
}

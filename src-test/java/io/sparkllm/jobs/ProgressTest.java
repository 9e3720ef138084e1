package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.CallCounts;
import io.sparkllm.RunStatus;
import io.sparkllm.throttle.EffectiveLimit;
import io.sparkllm.throttle.LimitSource;
import io.sparkllm.throttle.Waits;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final Duration OFTEN = Duration.ofMillis(5);

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

  private static RunStatus rows(long rows) {
    return status(rows, 0, null, null, Waits.ZERO);
  }

  private static RunStatus status(
      long rows, int inFlight, EffectiveLimit requests, EffectiveLimit tokens, Waits waits) {
    CallCounts counts = new CallCounts(rows, 2, rows + 3, 3, 12_000, 345, 61_000, 0, 0, 0);
    return new RunStatus(counts, inFlight, 64, requests, tokens, waits);
  }

  private static EffectiveLimit limit(double perMinute, LimitSource source) {
    return new EffectiveLimit(perMinute, source);
  }

  private static String limits(EffectiveLimit requests, EffectiveLimit tokens) {
    return Progress.line(status(1, 0, requests, tokens, Waits.ZERO), -1, Duration.ofSeconds(100));
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theLineTellsWhatIsDoneHowFastAndTheTimeToTheEnd() {
    assertThat(Progress.line(rows(1_500), 6_000, Duration.ofSeconds(100)))
        .isEqualTo(
            "1,500 of 6,000 rows (25 %), 15.0 rows/s, 12,345 tokens, 2 errors, 3 retries, 5:00 to"
                + " go");
  }

  @Test
  void theLineTellsTheCallsInFlightTheLimitAndTheTimeItCost() {
    RunStatus status =
        status(1_500, 48, limit(6_000, LimitSource.OPTION), null, new Waits(61_000, 3_000, 0, 0));

    assertThat(Progress.line(status, 6_000, Duration.ofSeconds(100)))
        .endsWith(
            "3 retries, 48 calls in flight, limit 6,000 requests/min (option), throttled 1:01, 5:00"
                + " to go");
  }

  @Test
  void theLineTellsWhoSetALimit() {
    assertThat(limits(null, limit(2e6, LimitSource.OPTION)))
        .endsWith(", limit 2,000,000 tokens/min (option)");
    assertThat(limits(limit(9_700.4, LimitSource.HEADER), null))
        .endsWith(", limit 9,700 requests/min (told by the service)");
    assertThat(limits(limit(841.6, LimitSource.LEARNED), null))
        .endsWith(", limit 842 requests/min (learned)");
    assertThat(limits(limit(0.4, LimitSource.HEADER), null)).contains("limit 1 requests/min");
  }

  @Test
  void theLineTellsBothLimitsAndASharedSourceOnce() {
    assertThat(limits(limit(6_000, LimitSource.OPTION), limit(2e6, LimitSource.OPTION)))
        .endsWith(", limits 6,000 requests/min, 2,000,000 tokens/min (option)");
    assertThat(limits(limit(6_000, LimitSource.OPTION), limit(2e6, LimitSource.HEADER)))
        .endsWith(
            ", limits 6,000 requests/min (option), 2,000,000 tokens/min (told by the service)");
  }

  @Test
  void theTimeThrottledIsThatOfAnExecutorHoweverManyWait() {
    RunStatus status = status(1_500, 0, null, null, new Waits(300_000, 0, 100_000, 0));

    assertThat(Progress.line(status, -1, Duration.ofSeconds(100))).endsWith(", throttled 1:15");
  }

  @Test
  void withoutATotalThereIsNoTimeToTheEnd() {
    assertThat(Progress.line(rows(1_500), -1, Duration.ofSeconds(100)))
        .startsWith("1,500 rows, 15.0 rows/s")
        .doesNotContain("to go");
  }

  @Test
  void beforeTheFirstRowThereIsNoTimeToTheEnd() {
    assertThat(Progress.line(RunStatus.NOTHING, 10, Duration.ZERO))
        .startsWith("0 of 10 rows (0 %), 0.0 rows/s")
        .doesNotContain("to go");
    assertThat(Progress.line(RunStatus.NOTHING, 0, Duration.ZERO))
        .startsWith("0 of 0 rows (100 %)");
  }

  @Test
  void rowsThatSparkRanTwiceDoNotPassTheTotal() {
    assertThat(Progress.line(rows(12), 10, Duration.ofSeconds(1)))
        .startsWith("10 of 10 rows (100 %)")
        .endsWith("0:00 to go");
  }

  @Test
  void theLineIsTheSameOnEveryMachine() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(Progress.line(rows(1_500), 6_000, Duration.ofSeconds(100)))
          .startsWith("1,500 of 6,000 rows (25 %), 15.0 rows/s");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void theClockHasHoursFromOneOn() {
    assertThat(Progress.clock(7)).isEqualTo("0:07");
    assertThat(Progress.clock(750)).isEqualTo("12:30");
    assertThat(Progress.clock(11_100)).isEqualTo("3:05:00");
  }

  @Test
  void aLogGetsLinesWhileARunGoesOn() {
    AtomicInteger done = new AtomicInteger();
    try (Progress progress =
        new Progress(
            () -> rows(done.incrementAndGet()), 1_000_000, out, Progress.Display.LOG, OFTEN)) {
      Awaitility.await().until(() -> text().lines().count() >= 3);
      progress.stop();
    }

    assertThat(text().lines()).allMatch(line -> line.contains(" of 1,000,000 rows (0 %), "));
    assertThat(text()).doesNotContain("\r");
  }

  @Test
  void aTerminalGetsOneLineThatIsWrittenAnew() {
    AtomicInteger done = new AtomicInteger(2_000);
    try (Progress progress =
        new Progress(
            () -> rows(done.addAndGet(-500)), 9_000, out, Progress.Display.TERMINAL, OFTEN)) {
      Awaitility.await().until(() -> done.get() < 0);
      progress.stop();
      assertThat(text()).doesNotContain("\n").startsWith("\u001b[?7l\r1,500 of 9,000");
    }

    String[] lines = text().split("\r", -1);
    // A shorter line covers the longer one before it.
    assertThat(lines[2].length()).isGreaterThanOrEqualTo(lines[1].length());
    assertThat(text()).endsWith(System.lineSeparator());
  }

  @Test
  void aTerminalThatKnowsLittleGetsNoControlSequences() {
    AtomicInteger asked = new AtomicInteger();
    try (Progress progress =
        new Progress(
            () -> rows(asked.incrementAndGet()), 9, out, Progress.Display.PLAIN_TERMINAL, OFTEN)) {
      Awaitility.await().until(() -> asked.get() > 1);
      progress.stop();
    }

    assertThat(text()).startsWith("\r1 of 9 rows").doesNotContain("\u001b");
  }

  @Test
  void atTheEndNoCallIsInFlight() {
    RunStatus status = status(10, 5, null, null, Waits.ZERO);
    try (Progress progress =
        new Progress(() -> status, 10, out, Progress.Display.LOG, Duration.ofHours(1))) {
      progress.stop();
      progress.finish(10);
    }

    assertThat(text()).startsWith("10 of 10 rows").doesNotContain("in flight");
  }

  @Test
  void theLastLineWaitsForTheLastReports() {
    AtomicInteger asked = new AtomicInteger();
    try (Progress progress =
        new Progress(
            () -> rows(asked.incrementAndGet() < 5 ? 3 : 10),
            -1,
            out,
            Progress.Display.LOG,
            Duration.ofHours(1))) {
      progress.stop();

      assertThat(progress.finish(10).counts().rows()).isEqualTo(10);
    }

    assertThat(text()).startsWith("10 of 10 rows (100 %)");
  }

  @Test
  void aDriverThatGoesDownEndsTheLinesQuietly() {
    AtomicInteger asked = new AtomicInteger();
    try (Progress progress =
        new Progress(
            () -> {
              asked.incrementAndGet();
              throw new IllegalStateException("RpcEnv already stopped");
            },
            10,
            out,
            Progress.Display.LOG,
            OFTEN)) {
      Awaitility.await().until(() -> asked.get() > 0);
      progress.stop();
    }

    assertThat(text()).isEmpty();
  }
}

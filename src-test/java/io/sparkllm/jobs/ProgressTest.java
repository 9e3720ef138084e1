package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.CallCounts;
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

  private static CallCounts rows(long rows) {
    return new CallCounts(rows, 2, rows + 3, 3, 12_000, 345, 61_000);
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theLineTellsWhatIsDoneHowFastAndTheTimeToTheEnd() {
    assertThat(Progress.line(rows(1_500), 6_000, Duration.ofSeconds(100)))
        .isEqualTo(
            "1,500 of 6,000 rows (25 %), 15.0 rows/s, 12,345 tokens, 2 errors, 3 retries, throttled"
                + " 1:01, 5:00 to go");
  }

  @Test
  void withoutATotalThereIsNoTimeToTheEnd() {
    assertThat(Progress.line(rows(1_500), -1, Duration.ofSeconds(100)))
        .startsWith("1,500 rows, 15.0 rows/s")
        .doesNotContain("to go");
  }

  @Test
  void beforeTheFirstRowThereIsNoTimeToTheEnd() {
    assertThat(Progress.line(CallCounts.ZERO, 10, Duration.ZERO))
        .startsWith("0 of 10 rows (0 %), 0.0 rows/s")
        .doesNotContain("to go");
    assertThat(Progress.line(CallCounts.ZERO, 0, Duration.ZERO)).startsWith("0 of 0 rows (100 %)");
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
        new Progress(() -> rows(done.incrementAndGet()), 1_000_000, out, false, OFTEN)) {
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
        new Progress(() -> rows(done.addAndGet(-500)), 9_000, out, true, OFTEN)) {
      Awaitility.await().until(() -> done.get() < 0);
      progress.stop();
      assertThat(text()).doesNotContain("\n").startsWith("\r1,500 of 9,000");
    }

    String[] lines = text().split("\r", -1);
    // A shorter line covers the longer one before it.
    assertThat(lines[2].length()).isGreaterThanOrEqualTo(lines[1].length());
    assertThat(text()).endsWith(System.lineSeparator());
  }

  @Test
  void theLastLineWaitsForTheLastReports() {
    AtomicInteger asked = new AtomicInteger();
    try (Progress progress =
        new Progress(
            () -> rows(asked.incrementAndGet() < 5 ? 3 : 10),
            -1,
            out,
            false,
            Duration.ofHours(1))) {
      progress.stop();

      assertThat(progress.finish(10).rows()).isEqualTo(10);
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
            false,
            OFTEN)) {
      Awaitility.await().until(() -> asked.get() > 0);
      progress.stop();
    }

    assertThat(text()).isEmpty();
  }
}

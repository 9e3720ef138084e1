package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.CallCounts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private static final CallCounts COUNTED = new CallCounts(1, 0, 1, 0, 8, 4, 0, 0, 0);

  private static String printed(Summary summary) {
    return printed(summary, Optional.empty());
  }

  private static String printed(Summary summary, Optional<String> hint) {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    summary.print(
        new PrintStream(written, true, StandardCharsets.UTF_8),
        "out",
        null,
        COUNTED,
        Duration.ofSeconds(75),
        hint);
    return written.toString(StandardCharsets.UTF_8);
  }

  @Test
  void anExampleIsOneLineAndNoPage() {
    String message = "Invalid value:\n\t" + "x".repeat(5_000);

    String text = printed(new Summary(3, Map.of("server", new Summary.Failed(2, message)), null));

    assertThat(text.lines().filter(line -> line.contains("server")))
        .singleElement()
        .asString()
        .matches("  server +2   for example: Invalid value: x{285}…");
    assertThat(text.lines()).contains("answers    1", "errors     2", "time       1:15");
  }

  @Test
  void tokensSayWhereTheyComeFrom() {
    assertThat(printed(new Summary(1, Map.of(), 99L)))
        .contains("tokens     99" + System.lineSeparator());
    assertThat(printed(new Summary(1, Map.of(), null)))
        .contains("tokens     12 (counted while running)");
  }

  @Test
  void aHintIsTheLastLine() {
    Summary summary = new Summary(1, Map.of(), 99L);

    assertThat(printed(summary, Optional.of("do this")))
        .endsWith("hint       do this" + System.lineSeparator());
    assertThat(printed(summary)).doesNotContain("hint");
  }

  @Test
  void whatWasThereBeforeIsTakenOff() {
    Summary before = new Summary(10, Map.of("server", new Summary.Failed(2, "a")), 100L);
    Summary after =
        new Summary(
            15,
            Map.of("server", new Summary.Failed(2, "a"), "timeout", new Summary.Failed(3, "b")),
            130L);

    assertThat(after.since(before))
        .isEqualTo(new Summary(5, Map.of("timeout", new Summary.Failed(3, "b")), 30L));
  }
}

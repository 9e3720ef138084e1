package io.sparkllm.ledger;

import static io.sparkllm.ledger.Entries.AT;
import static io.sparkllm.ledger.Entries.answer;
import static io.sparkllm.ledger.Entries.failed;
import static io.sparkllm.ledger.Entries.fingerprint;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.openai.ErrorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The counts of a whole ledger. */
class LedgerStatsTest {
  @TempDir Path folder;

  @Test
  void aNewLedgerHoldsNothing() throws IOException {
    assertThat(Directory.open(folder).stats())
        .isEqualTo(new LedgerStats(0, Map.of(), 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void eachFingerprintCountsOnceAsWhatItStandsFor() throws IOException {
    Ledger ledger = Directory.open(folder);
    Directory.write(
        ledger,
        answer(fingerprint(1, "answered"), "x"),
        answer(fingerprint(200, "answered"), "x"),
        failed(fingerprint(1, "answered later"), ErrorType.SERVER, AT),
        failed(fingerprint(2, "another error later"), ErrorType.SERVER, AT),
        failed(fingerprint(3, "a"), ErrorType.TIMEOUT, AT),
        failed(fingerprint(4, "b"), ErrorType.TIMEOUT, AT));
    Directory.write(
        ledger,
        answer(fingerprint(1, "answered later"), "x"),
        failed(fingerprint(2, "another error later"), ErrorType.CONTENT_FILTER, AT + 1));
    long bytes = 0;
    for (Path segment : Directory.segments(folder)) {
      bytes += Files.size(segment);
    }

    assertThat(ledger.stats())
        .isEqualTo(
            new LedgerStats(
                3, Map.of("content_filter", 1L, "timeout", 2L), 2, 7, 0, bytes, 0, 0, 0));
    assertThat(ledger.stats().errors().keySet()).containsExactly("content_filter", "timeout");
  }

  @Test
  void whatIsDamagedOrOpenIsCounted() throws IOException {
    Ledger ledger = Directory.open(folder);
    Directory.write(ledger, answer(fingerprint(9, "a"), "x"));
    Path segment = Directory.segment(folder);
    Files.writeString(segment, "damaged\n{\"torn", StandardOpenOption.APPEND);
    try (LedgerWriter writer = ledger.writer()) {
      writer.append(answer(fingerprint(9, "b"), "x"));
      writer.flush();

      LedgerStats stats = ledger.stats();

      assertThat(stats.answers()).isEqualTo(2);
      assertThat(stats.segments()).isEqualTo(2);
      assertThat(stats.openSegments()).isEqualTo(1);
      assertThat(stats.damagedLines()).isEqualTo(1);
      assertThat(stats.tornTails()).isEqualTo(1);
      assertThat(stats.superseded()).isZero();
    }
  }
}

package io.sparkllm.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.LlmException;
import io.sparkllm.batch.service.RemoteBatch;
import io.sparkllm.batch.service.RemoteBatch.Counts;
import io.sparkllm.batch.service.RemoteBatch.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the codes mean that fail a whole batch (protocol notes §3). */
class RefusalsTest {
  private final Refusals refusals = new Refusals("https://api.example.com/v1", "some-model");

  private static RemoteBatch failed(Problem... problems) {
    return new RemoteBatch(
        "batch_1",
        "failed",
        "file_1",
        null,
        null,
        List.of(problems),
        new Counts(0, 0, 0),
        0,
        0,
        0,
        Map.of());
  }

  private static RemoteBatch failedLines(String code, int lines) {
    return failed(
        IntStream.rangeClosed(1, lines)
            .mapToObj(line -> new Problem(code, "The words for " + code, line))
            .toArray(Problem[]::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "billing_hard_limit_reached",
        "insufficient_quota",
        "insufficient_credits",
        "budget_exceeded",
        "org_spend_limit_exceeded"
      })
  void noCreditStopsTheRun(String code) {
    RemoteBatch batch = failed(new Problem(code, "No money is left.", 0));

    assertThat(refusals.fatal(batch))
        .isInstanceOf(LlmException.class)
        .hasMessageContaining("quota")
        .hasMessageContaining("No money is left.");
    assertThat(refusals.hasTokenLimit(batch)).isFalse();
  }

  @Test
  void theTokenLimitIsNoFaultAndNamesItself() {
    String words =
        "Enqueued token limit reached for m in organization o. Limit: 2,000,000 enqueued tokens."
            + " Please try again once some in_progress batches have been completed.";
    RemoteBatch batch = failed(new Problem("token_limit_exceeded", words, 0));

    assertThat(refusals.hasTokenLimit(batch)).isTrue();
    assertThat(refusals.fatal(batch)).isNull();
    assertThat(refusals.modelFault(batch, 100)).isNull();
    assertThat(Refusals.limitIn(words)).isEqualTo(2_000_000);
    assertThat(Refusals.limitIn("Too many tokens")).isZero();
  }

  @Test
  void aModelThatTheBatchApiDoesNotServeStopsTheRun() {
    assertThat(refusals.modelFault(failedLines("model_not_found", 1), 100))
        .isInstanceOf(LlmException.class)
        .hasMessageContaining("some-model")
        .hasMessageContaining("The words for model_not_found");
  }

  /** These are of some lines, which get their error while the rest goes again. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "invalid_json_line",
        "missing_required_parameter",
        "duplicate_custom_id",
        "mismatched_model",
        "model_mismatch",
        "invalid_url",
        "url_mismatch",
        "streaming_unsupported",
        "invalid_request"
      })
  void badLinesAreTheLinesFaultUnlessAllAreBad(String code) {
    assertThat(refusals.fatal(failedLines(code, 10))).isNull();
    assertThat(refusals.modelFault(failedLines(code, 10), 11)).isNull();
    assertThat(refusals.modelFault(failedLines(code, 10), 10))
        .isInstanceOf(LlmException.class)
        .hasMessageContaining("The words for " + code);
    assertThat(refusals.modelFault(failedLines(code, 2), 2))
        .as("two bad lines may be bad by chance")
        .isNull();
  }

  /** These may pass, and are tried again some times. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "empty_file",
        "too_many_tasks",
        "input_modified",
        "input_no_permissions",
        "runner_lost",
        "internal_error"
      })
  void whatIsNotKnownToBeForGoodStopsNothing(String code) {
    RemoteBatch batch = failed(new Problem(code, "Something happened.", 0));

    assertThat(refusals.fatal(batch)).isNull();
    assertThat(refusals.modelFault(batch, 5)).isNull();
    assertThat(refusals.hasTokenLimit(batch)).isFalse();
    assertThat(Refusals.isLostFile(batch)).isFalse();
    assertThat(Refusals.words(batch)).isEqualTo(code + ": Something happened.");
  }

  @Test
  void aFileThatTheServiceDoesNotSeeIsKnown() {
    Problem problem =
        new Problem("invalid_request", "Cannot find file file-1, or organization o ...", 0);

    assertThat(Refusals.isLostFile(failed(problem))).isTrue();
  }

  @Test
  void theServicesWordsAreOneLine() {
    assertThat(Refusals.words(failed())).isEqualTo("the service gives no reason");
    assertThat(
            Refusals.words(
                failed(
                    new Problem(null, "First line.\nSecond line.", 7),
                    new Problem("other", "More.", 8))))
        .isEqualTo("First line. (line 7) and 1 more");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "5, 16", "10, 512", "11, 600", "1000, 600"})
  void waitsTwiceAsLongEachTimeUpToTenMinutes(int times, long seconds) {
    assertThat(Refusals.delay(times)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void countsEachFilesRefusalsUntilTheyAreForgotten() {
    assertThat(Stream.of("a", "a", "b", "a").map(refusals::count)).containsExactly(1, 2, 1, 3);
    refusals.forget("a");
    assertThat(refusals.count("a")).isEqualTo(1);
  }
}

package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.cost.TokenCounter;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the job says of money, and where it stops. */
@SparkTest
class CostJobTest {
  @TempDir Path folder;

  private static String[] numbered(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> "text " + i).toArray(String[]::new);
  }

  private Path prices() throws IOException {
    return Files.writeString(
        folder.resolve("prices.json"),
        "{\"updated\": \"2026-11-30\", \"models\": {\"local\": {\"input\": 1000, \"output\": 1000,"
            + " \"batchDiscount\": 0.5}}}");
  }

  /**
   * The counts that OpenAI's tiktoken gives: from its README and tests, and the cookbook "How to
   * count tokens with tiktoken" (openai/openai-cookbook,
   * examples/How_to_count_tokens_with_tiktoken).
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "gpt-4o-mini | 2 | hello world",
        "gpt-4 | 2 | hello world",
        "gpt-4o-mini | 6 | tiktoken is great!",
        "gpt-4 | 6 | tiktoken is great!",
        "gpt-4 | 6 | antidisestablishmentarianism",
        "gpt-4o | 6 | antidisestablishmentarianism",
        "gpt-4 | 7 | 2 + 2 = 4",
        "gpt-4o | 7 | 2 + 2 = 4",
        "text-embedding-3-small | 9 | お誕生日おめでとう",
        "gpt-4.1 | 8 | お誕生日おめでとう"
      })
  void tokensAreCountedAsOpenAiDoes(String model, int tokens, String text) {
    assertThat(Tokenizer.of(model).count(text)).isEqualTo(tokens);
  }

  @Test
  void theSampleCountedByCharactersIsNearTheTokenizer(SparkSession spark) {
    List<String> texts =
        spark
            .read()
            .parquet(JobCall.SAMPLE.resolve("tickets.parquet").toString())
            // One is a log of 24,000 tokens, which would outweigh all others.
            .where("length(text) < 10000")
            .select("text")
            .as(Encoders.STRING())
            .collectAsList();
    double exact = texts.stream().mapToDouble(Tokenizer.of("gpt-4o")::count).sum();
    double guessed = texts.stream().mapToDouble(TokenCounter.byCharacters()::count).sum();

    System.out.printf("tickets: %.0f tokens, %.0f by characters%n", exact, guessed);
    assertThat(guessed / exact).isBetween(0.9, 1.1);
  }

  @Test
  void anEstimateCallsNothing(SparkSession spark) {
    Path input = JobCall.input(spark, folder, numbered(1_000));

    JobCall.Ended ended =
        JobCall.job(
            "estimate",
            "--input",
            input,
            "--prompt",
            "Classify: {text}",
            "--model",
            "gpt-4o-mini",
            "--max-tokens",
            "10",
            "--requests-per-minute",
            "100");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.summary("rows")).startsWith("1,000 (0 in the checkpoint");
    assertThat(ended.summary("requests")).isEqualTo("1,000");
    // "Classify: text 1" is 6 tokens, and 7 wrap it; the last number is one more.
    assertThat(ended.summary("tokens"))
        .isEqualTo("23,001: 13,001 of prompts and 10,000 of answers");
    assertThat(ended.out())
        .containsPattern("realtime +\\$0\\.0080")
        .containsPattern("flex +price unknown")
        .containsPattern("batch +\\$0\\.0040")
        .contains("by the tokenizer o200k_base", "prices: the connector's own prices of 20");
    assertThat(ended.summary("time")).isEqualTo("10:00 at least, by requestsPerMinute");
  }

  @Test
  void assumptionsCanBeGiven(SparkSession spark) {
    Path input = JobCall.input(spark, folder, numbered(300));

    JobCall.Ended ended =
        JobCall.job(
            "estimate",
            "--input",
            input,
            "--prompt={text}",
            "--model=mine",
            "--answer-tokens=50",
            "--latency=0.5",
            "--sample=0.5",
            "--limit=200");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.summary("requests")).isEqualTo("200");
    assertThat(ended.out())
        .contains("10,000 of answers", "answers of 50 tokens each (as given)", "0.5 s a call")
        .contains("from a sample of ", "price unknown: the connector's own prices");
  }

  @Test
  void aCapIsExitCode3WithTheOutputWrittenAndAHigherOneGoesOn(SparkSession spark)
      throws IOException {
    Path input = JobCall.input(spark, folder, numbered(300));
    Path output = folder.resolve("out");
    try (LocalEndpoint endpoint =
        LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.parse("{\"latencyMs\": 20}"))) {
      Object[] more = {
        "--endpoint", endpoint.url(), "--model=local", "--concurrency=4", "--prices", prices()
      };
      JobCall.Ended capped = JobCall.run(input, output, with(more, "--max-cost=0.5"));

      assertThat(capped.code()).as(capped.err()).isEqualTo(3);
      assertThat(capped.err())
          .contains("Stopped at maxCost=0.5: $0.5", "a higher maxCost goes on from here")
          .contains("The output is written; ");
      assertThat(capped.complaints()).isEmpty();
      long answers = Long.parseLong(capped.summary("answers"));
      assertThat(answers).isBetween(5L, 200L);
      assertThat(spark.read().parquet(output.toString()).count()).isEqualTo(300);
      assertThat(capped.summary("cost")).startsWith("$0.").contains("prices.json of 2026-11-30");

      JobCall.Ended again =
          JobCall.run(input, output, with(more, "--max-cost=500", "--save-mode=overwrite"));

      assertThat(again.code()).as(again.err()).isZero();
      assertThat(again.summary("answers")).isEqualTo("300");
      assertThat(endpoint.stats().requests()).isEqualTo(300);
    }
  }

  private static Object[] with(Object[] first, Object... then) {
    return Stream.of(first, then).flatMap(Arrays::stream).toArray();
  }

  @Test
  void anUnknownPriceIsBadUsageBeforeTheFirstCall(SparkSession spark) throws IOException {
    Path input = JobCall.input(spark, folder, "one");
    JobCall.Ended unknown =
        JobCall.run(
            input,
            folder.resolve("out"),
            "--endpoint",
            "http://127.0.0.1:9/v1",
            "--model=mine",
            "--max-cost=1");
    JobCall.Ended noFile =
        JobCall.run(input, folder.resolve("out"), "--prices", folder.resolve("nowhere"));

    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("Option maxCost is 1, but the price is unknown");
    assertThat(noFile.code()).isEqualTo(2);
    assertThat(noFile.err()).contains("nowhere', which is not there");
  }

  @Test
  void batchesCostWhatBatchesCost(SparkSession spark) throws IOException {
    Path input = JobCall.input(spark, folder, numbered(20));
    Object[] more = {"--mode=batch", "--prices", prices()};

    JobCall.Ended counted = JobCall.run(input, folder.resolve("one"), more);
    JobCall.Ended written =
        JobCall.run(input, folder.resolve("two"), with(more, "--metadata-col=metadata"));

    assertThat(counted.code()).as(counted.err()).isZero();
    long tokens = Long.parseLong(written.summary("tokens"));
    assertThat(tokens).isPositive();
    assertThat(counted.summary("tokens")).isEqualTo(tokens + " (counted while running)");
    assertThat(written.summary("cost")).startsWith(String.format("$%.2f (", tokens / 1000.0 / 2));
    assertThat(counted.summary("cost")).isEqualTo(written.summary("cost"));
  }
}

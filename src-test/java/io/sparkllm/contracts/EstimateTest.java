package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.Assumptions;
import io.sparkllm.Estimate;
import io.sparkllm.Llm;
import io.sparkllm.LlmBatch;
import io.sparkllm.config.Options;
import io.sparkllm.cost.TokenCounter;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known, and what is refused, before anything is paid. */
@SparkTest
class EstimateTest {
  /** Ten tokens a text, whatever it says. */
  private static final class Ten implements TokenCounter {
    private static final long serialVersionUID = 1L;

    @Override
    public double count(String text) {
      return 10;
    }

    @Override
    public String describe() {
      return "by tens";
    }
  }

  private static final Assumptions TENS =
      new Assumptions(1, null, Duration.ofSeconds(2), new Ten());

  private final SparkSession spark;
  @TempDir Path folder;

  EstimateTest(SparkSession spark) {
    this.spark = spark;
  }

  private Dataset<Row> rows(int count) {
    return spark
        .range(0, count, 1, 2)
        .selectExpr("id", "if(id = 0, '', 'row ' || id) AS text", "'all' AS same");
  }

  private static Llm llm() {
    return Llm.chat().model("gpt-4o-mini").system("Be brief").prompt("{text}");
  }

  @Test
  void addsUpRequestsTokensAndCost() {
    Estimate estimate = llm().maxTokens(100).estimate(rows(1_001), TENS);

    assertThat(estimate.rows()).isEqualTo(1_001);
    assertThat(estimate.unfit()).isEqualTo(1);
    assertThat(estimate.requests()).isEqualTo(1_000);
    // Two messages of ten tokens and what wraps them.
    assertThat(estimate.promptTokens()).isEqualTo(1_000 * (2 * (10 + 4) + 3));
    assertThat(estimate.completionTokens()).isEqualTo(100_000);
    assertThat(estimate.cost()).isEqualByComparingTo("0.06465");
    assertThat(estimate.batchCost()).isEqualByComparingTo("0.032325");
    assertThat(estimate.flexCost()).isNull();
    assertThat(estimate.assumptions())
        .anyMatch(text -> text.equals("prompts counted by tens"))
        .anyMatch(text -> text.startsWith("answers of 100 tokens each (maxTokens"))
        .anyMatch(text -> text.startsWith("prices: the connector's own prices of 20"));
  }

  @Test
  void theSlowestLimitGivesTheTime() {
    Estimate free = llm().concurrency(10).estimate(rows(1_001), TENS);
    Estimate limited = llm().concurrency(10).requestsPerMinute(100).estimate(rows(1_001), TENS);
    Estimate tokens = llm().tokensPerMinute(10_000).estimate(rows(1_001), TENS);

    assertThat(free.time()).isEqualTo(Duration.ofSeconds(200));
    assertThat(free.limitedBy()).isEqualTo("concurrency");
    assertThat(limited.time()).isEqualTo(Duration.ofMinutes(10));
    assertThat(limited.limitedBy()).isEqualTo("requestsPerMinute");
    assertThat(tokens.time()).isEqualTo(Duration.ofMillis(Math.round(287_000 / 10_000.0 * 60_000)));
    assertThat(tokens.limitedBy()).isEqualTo("tokensPerMinute");
  }

  @Test
  void aSampleStandsForAllRows() {
    Estimate estimate =
        llm().estimate(rows(5_001), new Assumptions(0.1, 7L, Duration.ofSeconds(1), new Ten()));

    assertThat(estimate.rows()).isEqualTo(5_001);
    assertThat(estimate.requests()).isBetween(4_900L, 5_001L);
    assertThat(estimate.completionTokens()).isEqualTo(7 * estimate.requests());
    assertThat(estimate.assumptions()).anyMatch(text -> text.startsWith("from a sample of "));
  }

  @Test
  void requestsThatCarryManyRowsAreFewer() {
    Llm embeddings =
        Llm.of(
            llm()
                .options()
                .with(Options.API, "embeddings")
                .with(Options.SYSTEM, null)
                .with(Options.MODEL, "text-embedding-3-small")
                .with(Options.BATCH_SIZE, 100));

    Estimate estimate = embeddings.estimate(rows(1_001), TENS);

    assertThat(estimate.requests()).isBetween(10L, 12L);
    assertThat(estimate.promptTokens()).isEqualTo(10_000);
    assertThat(estimate.completionTokens()).isZero();
    assertThat(estimate.cost()).isEqualByComparingTo("0.0002");
  }

  @Test
  void whatTheCheckpointHoldsAndEqualRowsAreNotCounted() {
    Llm kept =
        Llm.chat()
            .endpoint("local")
            .prompt("Summarize: {text}")
            .checkpoint(folder.resolve("ledger").toString());
    Estimate before = kept.estimate(rows(40).union(rows(40)));
    kept.transform(rows(30)).collectAsList();
    Estimate after = kept.estimate(rows(40).union(rows(40)));

    assertThat(before.requests()).isEqualTo(39);
    assertThat(before.shared()).isEqualTo(39);
    assertThat(before.kept()).isZero();
    assertThat(after.kept()).isEqualTo(29);
    assertThat(after.requests()).isEqualTo(10);
    assertThat(after.cost()).isEqualByComparingTo("0");
  }

  @Test
  void anUnknownPriceIsUnknownAndNotFree() {
    Estimate estimate = llm().model("mine").estimate(rows(10));

    assertThat(estimate.cost()).isNull();
    assertThat(estimate.batchCost()).isNull();
    assertThat(estimate.assumptions())
        .anyMatch(text -> text.startsWith("price unknown: ") && text.contains("no model mine"));
  }

  @Test
  void aCapWhosePriceIsUnknownIsRefusedBeforeTheFirstCall() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Llm unknown = Scripted.echo(endpoint).model("mine").maxCost(0.5);

      assertThatThrownBy(() -> unknown.transform(rows(10)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Option maxCost is 0.5, but the price is unknown: ")
          .hasMessageContaining("with the option prices");
      assertThat(endpoint.stats().requests()).isZero();
    }
  }

  @Test
  void aBatchThatWouldCostMoreIsNotSubmitted() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Llm batch = Scripted.echo(endpoint).checkpoint(folder.resolve("batch").toString());

      assertThatThrownBy(() -> LlmBatch.of(batch.maxTotalTokens(2_000)).submit(rows(11)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Option maxTotalTokens is 2000, but the 10 requests")
          .hasMessageContaining("2,560 completion tokens; nothing was submitted");
      assertThat(endpoint.stats().batch().creates()).isZero();

      LlmBatch.of(batch.maxTotalTokens(20_000)).submit(rows(11));
      assertThat(endpoint.stats().batch().creates()).isOne();
    }
  }

  @Test
  void everyAnswerIsKeptWhenTokensRunOut() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Llm capped =
          Scripted.echo(endpoint)
              .concurrency(4)
              .checkpoint(folder.resolve("capped").toString())
              .maxTotalTokens(1_000);

      Dataset<Row> output = capped.transformUpToCap(rows(200), null);
      Row counts =
          output
              .selectExpr(
                  "count(response)", "count(CASE WHEN error.code = 'max_total_tokens' THEN 1 END)")
              .head();

      assertThat(counts.getLong(0)).isBetween(10L, 150L);
      // One row is empty, and needs no call to be an error.
      assertThat(counts.getLong(0) + counts.getLong(1)).isBetween(199L, 200L);
      assertThat(counts.getLong(0)).isEqualTo(endpoint.stats().requests());
    }
  }
}

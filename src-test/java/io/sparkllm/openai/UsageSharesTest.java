package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class UsageSharesTest {
  private static long sum(List<Usage> shares, Function<Usage, Long> part) {
    return shares.stream().mapToLong(part::apply).sum();
  }

  @Test
  void sharesByWeight() {
    assertThat(
            UsageShares.of(
                new Usage(100L, 20L, 40L, 140L), new long[] {1, 3, 1}, new long[] {2, 1, 1}))
        .containsExactly(
            new Usage(20L, 4L, 20L, 40L),
            new Usage(60L, 12L, 10L, 70L),
            new Usage(20L, 4L, 10L, 30L));
  }

  @Test
  void keepsTheSumsExact() {
    Random random = new Random(4711);
    for (int round = 0; round < 2_000; round++) {
      int rows = 1 + random.nextInt(40);
      long prompt = random.nextInt(3) == 0 ? random.nextInt(5) : random.nextInt(1_000_000);
      long completion = random.nextInt(10_000);
      Usage total =
          new Usage(
              prompt, (long) random.nextInt((int) prompt + 1), completion, prompt + completion);
      long[] prompts = random.longs(rows, 0, 5_000).toArray();
      long[] answers = random.longs(rows, 0, 3).toArray();

      List<Usage> shares = UsageShares.of(total, prompts, answers);

      assertThat(shares).hasSize(rows).allMatch(UsageSharesTest::isNotNegative);
      assertThat(
              List.of(
                  sum(shares, Usage::promptTokens),
                  sum(shares, Usage::cachedTokens),
                  sum(shares, Usage::completionTokens),
                  sum(shares, Usage::totalTokens)))
          .containsExactly(
              total.promptTokens(),
              total.cachedTokens(),
              total.completionTokens(),
              total.totalTokens());
    }
  }

  private static boolean isNotNegative(Usage share) {
    return share.promptTokens() >= 0
        && share.cachedTokens() >= 0
        && share.completionTokens() >= 0
        && share.totalTokens() >= 0;
  }

  @Test
  void sharesEvenlyWhereNothingWeighsAnything() {
    assertThat(
            UsageShares.of(
                new Usage(9L, null, 6L, 15L), new long[] {0, 0, 0}, new long[] {0, 0, 0}))
        .containsOnly(new Usage(3L, null, 2L, 5L));
  }

  @Test
  void leavesUnknownWhatTheServiceDoesNotSay() {
    assertThat(UsageShares.of(Usage.UNKNOWN, new long[] {1, 2}, new long[] {1, 2}))
        .containsExactly(Usage.UNKNOWN, Usage.UNKNOWN);
  }

  @Test
  void sharesATotalOfWhichNoPartsAreKnown() {
    assertThat(
            UsageShares.of(new Usage(null, null, null, 10L), new long[] {1, 4}, new long[] {9, 1}))
        .extracting(Usage::totalTokens)
        .containsExactly(2L, 8L);
  }
}

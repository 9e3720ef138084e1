package io.sparkllm.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalRateBudgetTest {
  private static final long SECOND = 1_000_000_000L;

  private static LocalRateBudget budget(Long requests, Long tokens) {
    LocalRateBudget budget = new LocalRateBudget();
    budget.limits(new RateLimits(requests, tokens), 0);
    return budget;
  }

  @Test
  void limitsNothingWhereNothingIsNamed() {
    LocalRateBudget budget = budget(null, null);
    budget.trySpend(1_000_000, 0);

    assertThat(budget.trySpend(1_000_000, 0)).isZero();
  }

  @Test
  void pacesRequests() {
    LocalRateBudget budget = budget(60L, null);
    budget.trySpend(1_000_000, 0);

    assertThat(budget.trySpend(1, 0)).isEqualTo(SECOND);
  }

  @Test
  void pacesTokens() {
    LocalRateBudget budget = budget(null, 600L);
    budget.trySpend(30, 0);

    assertThat(budget.trySpend(1, 0)).isEqualTo(3 * SECOND);
  }

  @Test
  void waitsForTheSlowerOfBoth() {
    LocalRateBudget budget = budget(60L, 600L);
    budget.trySpend(30, 0);

    assertThat(budget.trySpend(1, 0)).isEqualTo(3 * SECOND);
  }

  @Test
  void spendsNothingWhereItMustWait() {
    LocalRateBudget budget = budget(60L, 600L);
    budget.trySpend(30, 0);
    for (int i = 0; i < 100; i++) {
      budget.trySpend(1_000, SECOND);
    }

    assertThat(budget.trySpend(1, 3 * SECOND)).isZero();
  }

  @Test
  void letsOneGoThatIsLargerThanAMinutesTokens() {
    assertThat(budget(null, 60L).trySpend(6_000, 0)).isZero();
  }

  @Test
  void givesBackWhatWasNotUsed() {
    LocalRateBudget budget = budget(null, 600L);
    budget.trySpend(30, 0);
    budget.settle(30, 10);

    assertThat(budget.trySpend(1, 0)).isEqualTo(SECOND);
  }

  @Test
  void settlesWithoutATokenLimit() {
    LocalRateBudget budget = budget(60L, null);
    budget.settle(30, 10);

    assertThat(budget.trySpend(1, 0)).isZero();
  }

  @Test
  void keepsWhatIsOwedWhenTheLimitChanges() {
    LocalRateBudget budget = budget(60L, null);
    budget.trySpend(1, 0);
    budget.limits(new RateLimits(600L, null), 0);

    // One request is owed, which is a tenth of the time at ten times the rate.
    assertThat(budget.trySpend(1, 0)).isEqualTo(SECOND / 10);
  }

  @Test
  void forgetsALimitThatIsNoLongerNamed() {
    LocalRateBudget budget = budget(60L, null);
    budget.trySpend(1, 0);
    budget.limits(RateLimits.NONE, 0);

    assertThat(budget.trySpend(1, 0)).isZero();
  }

  @Test
  void takesTheLowestOfSeveralUsers() {
    assertThat(
            RateLimits.lowest(
                List.of(
                    new RateLimits(600L, null),
                    new RateLimits(60L, 9_000L),
                    RateLimits.NONE,
                    new RateLimits(null, 7_000L))))
        .isEqualTo(new RateLimits(60L, 7_000L));
  }

  @Test
  void knowsNoLimitOfNobody() {
    assertThat(RateLimits.lowest(List.of())).isEqualTo(RateLimits.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"0, -, 257, 0", "400, -, 356, 0", "400, 7, 107, 100", "3, 10, 11, 10"})
  void estimatesTokensByCharactersAndTheAnswersLimit(
      long chars, Integer maxTokens, long tokens, long least) {
    assertThat(TokenEstimate.of(chars, maxTokens)).isEqualTo(new TokenEstimate(tokens, least));
  }
}

package io.sparkllm.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LocalRateBudgetTest {
  private static final long SECOND = 1_000_000_000L;

  private static LocalRateBudget budget(Long requests, Long tokens) {
    return budget(requests, tokens, 1);
  }

  private static LocalRateBudget budget(Long requests, Long tokens, int share) {
    LocalRateBudget budget = new LocalRateBudget();
    budget.limits(new RateLimits(requests, tokens), share, 0);
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
  void takesItsShareOfTheLimits() {
    LocalRateBudget budget = budget(60L, 600L, 3);
    budget.trySpend(1, 0);

    assertThat(budget.trySpend(1, 0)).isEqualTo(3 * SECOND);
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
  void givesBackWhatWasNotUsed() {
    LocalRateBudget budget = budget(null, 600L);
    budget.trySpend(30, 0);
    budget.refund(20);

    assertThat(budget.trySpend(1, 0)).isEqualTo(SECOND);
  }

  @Test
  void settlesWithoutATokenLimit() {
    LocalRateBudget budget = budget(60L, null);
    budget.refund(20);

    assertThat(budget.trySpend(1, 0)).isZero();
  }

  @Test
  void keepsWhatIsOwedWhenTheLimitChanges() {
    LocalRateBudget budget = budget(60L, null);
    budget.trySpend(1, 0);
    budget.limits(new RateLimits(600L, null), 1, 0);

    // One request is owed, which is a tenth of the time at ten times the rate.
    assertThat(budget.trySpend(1, 0)).isEqualTo(SECOND / 10);
  }

  @Test
  void forgetsALimitThatIsNoLongerNamed() {
    LocalRateBudget budget = budget(60L, null);
    budget.trySpend(1, 0);
    budget.limits(RateLimits.NONE, 1, 0);

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
}

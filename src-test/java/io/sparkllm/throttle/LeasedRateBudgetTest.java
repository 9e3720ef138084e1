package io.sparkllm.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeasedRateBudgetTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;

  private final LeasedRateBudget budget = new LeasedRateBudget();

  /** Slots from 100 ms on, 10 ms apart, where tokens are not limited. */
  private static Grant slots(long count) {
    return new Grant(false, count, 100 * MILLI, 10 * MILLI, -1, 0, 100 * MILLI, null);
  }

  /** The same with tokens, of which each moves the next slot by 1 ms. */
  private static Grant slots(long count, long tokens) {
    return new Grant(
        false, count, 100 * MILLI, 10 * MILLI, tokens, (double) MILLI, 100 * MILLI, 60_000L);
  }

  private static Grant unlimited() {
    return new Grant(true, 0, 0, 0, -1, 0, 200 * MILLI, null);
  }

  private static Grant none() {
    return new Grant(false, 0, 0, 0, -1, 0, 100 * MILLI, null);
  }

  private int spendAll(long charge, long now) {
    int spent = 0;
    while (budget.trySpend(charge, now) == 0) {
      spent++;
    }
    return spent;
  }

  @Test
  void nothingGoesBeforeTheFirstGrant() {
    assertThat(budget.trySpend(1, 0)).isPositive();
    assertThat(budget.isStarved()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -5 * SECOND, 123_456_789_012_345L, Long.MAX_VALUE - 105 * MILLI})
  void aSlotGoesAtItsTimeAndNotBefore(long start) {
    budget.granted(slots(2), start);

    assertThat(budget.trySpend(1, start + 30 * MILLI)).isEqualTo(70 * MILLI);
    assertThat(budget.trySpend(1, start + 100 * MILLI)).isZero();
    assertThat(budget.trySpend(1, start + 100 * MILLI)).isEqualTo(10 * MILLI);
    assertThat(budget.trySpend(1, start + 110 * MILLI)).isZero();
  }

  @Test
  void aWaitForAGrantedSlotIsNoReasonToAsk() {
    budget.granted(slots(1), 0);
    budget.trySpend(1, 0);

    assertThat(budget.isStarved()).isFalse();
  }

  @Test
  void aSecondGrantFollowsTheFirst() {
    budget.granted(slots(1), 0);
    budget.granted(slots(1), 100 * MILLI);

    assertThat(spendAll(1, 150 * MILLI)).isEqualTo(1);
    assertThat(spendAll(1, 200 * MILLI)).isEqualTo(1);
  }

  @Test
  void aCallOfManyTokensMovesTheNextSlotByWhatItIsCharged() {
    budget.granted(slots(2, 1_000), 0);
    budget.trySpend(40, 100 * MILLI);

    assertThat(budget.trySpend(1, 100 * MILLI)).isEqualTo(40 * MILLI);
  }

  @Test
  void aCallThatNeedsMoreTokensThanWereGrantedWaitsForMore() {
    budget.granted(slots(2, 30), 0);
    assertThat(budget.trySpend(40, 100 * MILLI)).isPositive();
    assertThat(budget.isStarved()).isTrue();

    Demand demand = budget.demand(1, 40, 40, 100 * MILLI);
    assertThat(demand.firstTokens()).isEqualTo(10);
    budget.granted(slots(0, 10), 100 * MILLI);

    assertThat(budget.trySpend(40, 100 * MILLI)).isZero();
  }

  @Test
  void aSlotThatIsALittleLateIsStillUsed() {
    budget.granted(slots(3), 0);

    assertThat(spendAll(1, 300 * MILLI)).isEqualTo(3);
  }

  @Test
  void slotsThatNobodyUsedGoBack() {
    budget.granted(slots(5), 0);
    long late = 100 * MILLI + 200 * MILLI + 15 * MILLI;

    // Two are later than 200 ms, three may still be used.
    assertThat(budget.demand(0, 0, 0, late)).isEqualTo(new Demand(0, 0, 0, 2, 0));
    assertThat(spendAll(1, late)).isEqualTo(3);
  }

  @Test
  void theTokensOfSlotsThatGoBackGoBackToo() {
    budget.granted(slots(4, 40), 0);

    assertThat(budget.demand(0, 10, 0, 10 * SECOND)).isEqualTo(new Demand(0, 0, 0, 4, 40));
  }

  @Test
  void tokensBeyondWhatTheSlotsLeftNeedGoBack() {
    budget.granted(slots(4, 40), 0);
    budget.trySpend(1, 100 * MILLI);

    // Three slots left, of ten tokens each.
    assertThat(budget.demand(0, 10, 0, 100 * MILLI).unusedTokens()).isEqualTo(9);
  }

  @Test
  void whatIsGivenBackIsGivenBackOnce() {
    budget.granted(slots(4, 40), 0);
    budget.demand(0, 10, 0, 10 * SECOND);

    assertThat(budget.demand(0, 10, 0, 10 * SECOND)).isEqualTo(Demand.NONE);
  }

  @Test
  void whatADriverDidNotHearIsGivenBackAgain() {
    budget.granted(slots(4, 40), 0);
    budget.undelivered(budget.demand(0, 10, 0, 10 * SECOND));

    assertThat(budget.demand(0, 10, 0, 10 * SECOND)).isEqualTo(new Demand(0, 0, 0, 4, 40));
  }

  @Test
  void whatAnAnswerDidNotUseGoesBack() {
    budget.granted(slots(1, 40), 0);
    budget.trySpend(40, 100 * MILLI);
    budget.settle(40, 25);

    assertThat(budget.demand(0, 0, 0, 100 * MILLI).unusedTokens()).isEqualTo(15);
  }

  @Test
  void whatAnAnswerUsedBeyondItsChargeIsOwed() {
    budget.granted(slots(1, 40), 0);
    budget.trySpend(40, 100 * MILLI);
    budget.settle(40, 65);

    assertThat(budget.demand(0, 0, 0, 100 * MILLI).unusedTokens()).isEqualTo(-25);
  }

  @Test
  void nothingIsWantedWithoutRows() {
    budget.granted(slots(4, 40), 0);
    spendAll(10, 140 * MILLI);

    assertThat(budget.demand(0, 10, 10, 140 * MILLI)).isEqualTo(Demand.NONE);
  }

  @Test
  void aRowThatWaitsWantsASlotWhateverIsLeft() {
    budget.granted(slots(50), 0);

    assertThat(budget.demand(1, 10, 10, 0).slots()).isEqualTo(1);
  }

  @Test
  void theDemandGrowsWithWhatIsSpentBetweenTwoAsks() {
    budget.granted(slots(50), 0);
    budget.demand(10, 1, 1, 0);
    long before = budget.demand(10, 1, 1, 0).slots();
    budget.granted(slots(50), 0);
    assertThat(spendAll(1, 190 * MILLI)).isEqualTo(10);

    // 90 are left, and the 10 that were spent are wanted twice.
    assertThat(before).isEqualTo(1);
    assertThat(budget.demand(100, 1, 1, 190 * MILLI).slots()).isEqualTo(100 + 20 - 90);
  }

  @Test
  void theTokensWantedAreThoseOfTheSlotsWanted() {
    assertThat(budget.demand(10, 30, 50, 0)).isEqualTo(new Demand(10, 300, 50, 0, 0));
  }

  @Test
  void theTokensWantedAreNeverFewerThanTheFirstCallNeeds() {
    assertThat(budget.demand(1, 30, 500, 0)).isEqualTo(new Demand(1, 500, 500, 0, 0));
  }

  @Test
  void nothingIsPacedWhereNoLimitIsKnown() {
    budget.granted(unlimited(), 0);
    for (int i = 0; i < 10_000; i++) {
      assertThat(budget.trySpend(1_000_000, 0)).isZero();
    }
  }

  @Test
  void slotsAreForgottenWhereNoLimitIsKnownAnyMore() {
    budget.granted(slots(5, 50), 0);
    budget.granted(unlimited(), 0);
    budget.granted(none(), 0);

    assertThat(budget.trySpend(1, 100 * MILLI)).isPositive();
  }

  @Test
  void aRefusalEndsWhatWasUnlimitedUntilTheDriverHasHeardOfIt() {
    budget.granted(unlimited(), 0);
    budget.refused();

    assertThat(budget.trySpend(1, 0)).isPositive();
    assertThat(budget.isStarved()).isTrue();
    budget.granted(unlimited(), 0);
    assertThat(budget.trySpend(1, 0)).isZero();
  }

  @Test
  void aRefusalLeavesGrantedSlotsAlone() {
    budget.granted(slots(1), 0);
    budget.refused();

    assertThat(budget.trySpend(1, 100 * MILLI)).isZero();
  }

  @Test
  void tokensAreNotCountedWhereTheyAreNotLimitedAnyMore() {
    budget.granted(slots(1, 10), 0);
    budget.granted(slots(2), 0);

    assertThat(spendAll(1_000_000, 120 * MILLI)).isEqualTo(3);
  }

  @Test
  void theDriversTokenLimitIsTold() {
    assertThat(budget.tokenLimit()).isNull();
    budget.granted(slots(1, 10), 0);

    assertThat(budget.tokenLimit()).isEqualTo(60_000);
  }

  @Test
  void aloneItTakesAnEvenShare() {
    budget.alone(new RateLimits(60L, null), 3, 0);
    budget.trySpend(1, 0);

    assertThat(budget.trySpend(1, 0)).isEqualTo(3 * SECOND);
  }

  @Test
  void aloneItKnowsTheTokenLimitOfItsOwnTasks() {
    budget.alone(new RateLimits(null, 7_000L), 3, 0);

    assertThat(budget.tokenLimit()).isEqualTo(7_000);
  }

  @Test
  void aloneNothingIsPacedWhereNothingIsNamed() {
    budget.alone(RateLimits.NONE, 3, 0);
    budget.trySpend(1_000, 0);

    assertThat(budget.trySpend(1_000, 0)).isZero();
  }

  @Test
  void aloneSlotsOfBeforeAreForgotten() {
    budget.granted(slots(50), 0);
    budget.alone(new RateLimits(60L, null), 1, 100 * MILLI);

    assertThat(spendAll(1, 100 * MILLI)).isEqualTo(1);
  }

  @Test
  void aloneItPacesOnWhereItIsToldAgain() {
    budget.alone(new RateLimits(60L, null), 1, 0);
    budget.trySpend(1, 0);
    budget.alone(new RateLimits(60L, null), 1, 400 * MILLI);

    assertThat(budget.trySpend(1, 400 * MILLI)).isEqualTo(600 * MILLI);
  }

  @Test
  void aloneAnswersAreSettledWithItsShare() {
    budget.alone(new RateLimits(null, 600L), 1, 0);
    budget.trySpend(30, 0);
    budget.settle(30, 10);

    assertThat(budget.trySpend(1, 0)).isEqualTo(SECOND);
  }

  @Test
  void grantsHoldAgainWhenTheDriverAnswersAgain() {
    budget.alone(new RateLimits(60L, null), 1, 0);
    budget.trySpend(1, 0);
    budget.granted(slots(5), 0);

    assertThat(spendAll(1, 140 * MILLI)).isEqualTo(5);
  }
}

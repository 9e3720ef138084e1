package io.sparkllm.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdaptiveConcurrencyTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;

  private final AdaptiveConcurrency concurrency = bounded(100);

  private static AdaptiveConcurrency bounded(int bound) {
    AdaptiveConcurrency concurrency = new AdaptiveConcurrency();
    concurrency.bound(bound);
    return concurrency;
  }

  /** A round: as many answers as there are places, all of them taken. */
  private static void round(AdaptiveConcurrency concurrency, long now) {
    int places = concurrency.limit();
    for (int i = 0; i < places; i++) {
      concurrency.succeeded(true, now);
    }
  }

  @Test
  void beginsSmall() {
    assertThat(concurrency.limit()).isEqualTo(AdaptiveConcurrency.START);
    assertThat(concurrency.isCut()).isFalse();
  }

  @Test
  void staysBelowABoundThatIsSmallerThanItsStart() {
    assertThat(bounded(1).limit()).isEqualTo(1);
  }

  @Test
  void doublesWithEachRoundOfAnswers() {
    round(concurrency, 0);
    assertThat(concurrency.limit()).isEqualTo(8);
    round(concurrency, 0);
    assertThat(concurrency.limit()).isEqualTo(16);
  }

  @Test
  void growsUpToItsBound() {
    for (int i = 0; i < 10; i++) {
      round(concurrency, 0);
    }

    assertThat(concurrency.limit()).isEqualTo(100);
  }

  @Test
  void doesNotGrowWherePlacesAreLeft() {
    for (int i = 0; i < 1_000; i++) {
      concurrency.succeeded(false, 0);
    }

    assertThat(concurrency.limit()).isEqualTo(AdaptiveConcurrency.START);
  }

  @Test
  void isCutByAFifthWhereTheServiceRefuses() {
    grownTo(100, 0);
    concurrency.dropped(0, SECOND);

    assertThat(concurrency.limit()).isEqualTo(80);
    assertThat(concurrency.isCut()).isTrue();
  }

  @Test
  void callsThatMetTheSameWallCutOnce() {
    grownTo(100, 0);
    for (int call = 0; call < 100; call++) {
      concurrency.dropped(call * MILLI, SECOND + call * MILLI);
    }

    assertThat(concurrency.limit()).isEqualTo(80);
  }

  @Test
  void aCallSentBeforeTheCutDoesNotCutAgainHoweverLateItEnds() {
    grownTo(100, 0);
    concurrency.dropped(0, SECOND);
    concurrency.dropped(SECOND - 1, 3_600 * SECOND);

    assertThat(concurrency.limit()).isEqualTo(80);
  }

  @Test
  void aCallThatEndsSoonAfterTheCutDoesNotCutAgain() {
    grownTo(100, 0);
    concurrency.dropped(0, SECOND);
    concurrency.dropped(SECOND + 1, 2 * SECOND);

    assertThat(concurrency.limit()).isEqualTo(80);
  }

  @Test
  void aCallSentAfterTheCutCutsAgainOnceItHadTimeToWork() {
    grownTo(100, 0);
    concurrency.dropped(0, SECOND);
    concurrency.dropped(SECOND + 1, 2 * SECOND + 1);

    assertThat(concurrency.limit()).isEqualTo(64);
  }

  @Test
  void oneCallIsAlwaysLeft() {
    cutToTheLeast();

    assertThat(concurrency.limit()).isEqualTo(1);
  }

  @Test
  void growsMoreSlowlyAfterACut() {
    grownTo(100, 0);
    concurrency.dropped(0, SECOND);
    round(concurrency, 3 * SECOND);

    assertThat(concurrency.limit()).isEqualTo(90);
  }

  @Test
  void comesBackToItsBoundAfterACut() {
    grownTo(100, 0);
    concurrency.dropped(0, SECOND);
    for (int i = 0; i < 10; i++) {
      round(concurrency, 3 * SECOND);
    }

    assertThat(concurrency.limit()).isEqualTo(100);
    assertThat(concurrency.isCut()).isFalse();
  }

  @Test
  void growsAgainFromASingleCall() {
    cutToTheLeast();
    round(concurrency, 2_000 * SECOND);

    assertThat(concurrency.limit()).isEqualTo(2);
  }

  @Test
  void aFailingServiceHoldsGrowth() {
    concurrency.failing(0);
    round(concurrency, SECOND);

    assertThat(concurrency.limit()).isEqualTo(AdaptiveConcurrency.START);
    assertThat(concurrency.isCut()).isFalse();
  }

  @Test
  void growthGoesOnAWhileAfterTheLastFailure() {
    concurrency.failing(0);
    concurrency.failing(SECOND);
    round(concurrency, 3 * SECOND - 1);
    assertThat(concurrency.limit()).isEqualTo(4);
    round(concurrency, 3 * SECOND);

    assertThat(concurrency.limit()).isEqualTo(8);
  }

  @Test
  void aLoweredBoundHoldsAtOnce() {
    grownTo(100, 0);
    concurrency.bound(10);

    assertThat(concurrency.limit()).isEqualTo(10);
  }

  @Test
  void aCutBelowALoweredBoundIsFeltAtOnce() {
    grownTo(100, 0);
    concurrency.bound(10);
    concurrency.dropped(0, SECOND);

    assertThat(concurrency.limit()).isEqualTo(8);
  }

  @Test
  void aClockThatWrapsDoesNotMatter() {
    long cut = Long.MAX_VALUE - SECOND / 2;
    grownTo(100, cut - SECOND);
    concurrency.dropped(cut - 1, cut);
    concurrency.dropped(cut + 1, cut + SECOND);
    assertThat(concurrency.limit()).isEqualTo(80);

    concurrency.dropped(cut + 1, cut + SECOND + 1);
    assertThat(concurrency.limit()).isEqualTo(64);
  }

  private void cutToTheLeast() {
    for (long second = 10; second < 1_000; second += 10) {
      concurrency.dropped(second * SECOND, (second + 1) * SECOND);
    }
  }

  private void grownTo(int limit, long now) {
    while (concurrency.limit() < limit) {
      concurrency.succeeded(true, now);
    }
  }
}

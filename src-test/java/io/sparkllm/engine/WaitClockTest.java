package io.sparkllm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.engine.WaitClock.For;
import io.sparkllm.throttle.Waits;
import org.junit.jupiter.api.Test;

class WaitClockTest {
  private static final long MILLI = 1_000_000L;

  private final WaitClock clock = new WaitClock();

  @Test
  void measuresNothingBeforeItIsTold() {
    assertThat(clock.take(123_456_789_012_345L)).isEqualTo(Waits.ZERO);
  }

  @Test
  void measuresEachWaitForItself() {
    clock.waitsFor(For.ROWS, 1_000 * MILLI);
    clock.waitsFor(For.CONCURRENCY, 1_001 * MILLI);
    clock.waitsFor(For.RATE_LIMIT, 1_003 * MILLI);
    clock.waitsFor(For.ANSWERS, 1_006 * MILLI);
    clock.waitsFor(For.NOTHING, 1_010 * MILLI);

    assertThat(clock.take(2_000 * MILLI)).isEqualTo(new Waits(3, 2, 4, 1));
  }

  @Test
  void theSameWaitGoesOn() {
    clock.waitsFor(For.ANSWERS, 0);
    clock.waitsFor(For.ANSWERS, 3 * MILLI);

    assertThat(clock.take(5 * MILLI).answers()).isEqualTo(5);
  }

  @Test
  void countsNothingTwice() {
    clock.waitsFor(For.ANSWERS, 0);
    clock.take(5 * MILLI);

    assertThat(clock.take(7 * MILLI)).isEqualTo(new Waits(0, 0, 2, 0));
  }

  @Test
  void losesNoPartsOfMilliseconds() {
    clock.waitsFor(For.RATE_LIMIT, 0);
    long sum = 0;
    for (long now = 0; now <= 100 * MILLI; now += MILLI / 4) {
      sum += clock.take(now).rateLimit();
    }

    assertThat(sum).isEqualTo(100);
  }

  @Test
  void aClockThatWrapsDoesNotMatter() {
    clock.waitsFor(For.ROWS, Long.MAX_VALUE - MILLI);

    assertThat(clock.take(Long.MIN_VALUE + 2 * MILLI - 1).rows()).isEqualTo(3);
  }
}

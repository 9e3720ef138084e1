package io.sparkllm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BatchSizeTest {
  private static final Duration TARGET = Duration.ofSeconds(30);

  private final BatchSize size = new BatchSize();

  private void succeed(int most) {
    size.succeeded(size.rows(most), most, millis(200), TARGET);
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void succeedTimes(int times, int most) {
    for (int i = 0; i < times; i++) {
      succeed(most);
    }
  }

  @Test
  void beginsSmallAndDoublesWithEachSuccessUpToTheOption() {
    assertThat(size.rows(2048)).isEqualTo(16);
    succeed(2048);
    assertThat(size.rows(2048)).isEqualTo(32);
    succeedTimes(20, 2048);
    assertThat(size.rows(2048)).isEqualTo(2048);
  }

  @Test
  void beginsSmallerWhereTheOptionAllowsFew() {
    assertThat(size.rows(32)).isEqualTo(4);
    succeedTimes(5, 32);
    assertThat(size.rows(32)).isEqualTo(32);
  }

  @Test
  void isAlwaysOneRowAtLeast() {
    assertThat(size.rows(1)).isEqualTo(1);
    size.cut(1, 0, 10);
    assertThat(size.rows(2048)).isEqualTo(1);
  }

  @Test
  void keepsWithinEachOptionWhateverItLearnedFromAnother() {
    succeedTimes(20, 2048);

    assertThat(size.rows(100)).isEqualTo(100);
    assertThat(size.rows(2048)).isEqualTo(2048);
  }

  @Test
  void doesNotGrowByRequestsThatWereNotFull() {
    size.succeeded(15, 2048, millis(1), TARGET);

    assertThat(size.rows(2048)).isEqualTo(16);
  }

  @Test
  void doesNotGrowBeyondWhatTheTargetLatencyAllows() {
    size.succeeded(16, 2048, millis(20_000), TARGET);

    assertThat(size.rows(2048)).isEqualTo(24);
    size.succeeded(24, 2048, millis(30_000), TARGET);
    assertThat(size.rows(2048)).isEqualTo(24);
    assertThat(size.isGrowing(2048)).as("held back for others").isFalse();
  }

  @Test
  void letsOneProbeGoAtATimeWhileItGrows() {
    assertThat(size.tryProbe(2048)).isTrue();
    assertThat(size.tryProbe(2048)).isFalse();
    size.probed();
    assertThat(size.tryProbe(2048)).isTrue();
    size.probed();

    succeedTimes(20, 2048);
    assertThat(size.tryProbe(2048)).isTrue();
    assertThat(size.tryProbe(2048)).isTrue();
  }

  @Test
  void halvesOnceForAllRequestsThatWereUnderWayTogether() {
    succeedTimes(20, 2048);

    size.cut(2048, 100, 200);
    size.cut(2048, 150, 210);
    assertThat(size.rows(2048)).isEqualTo(1024);
    size.cut(1024, 250, 300);
    assertThat(size.rows(2048)).isEqualTo(512);
  }

  @Test
  void growsAgainAfterACutWithoutHoldingOthersBack() {
    succeedTimes(20, 2048);
    size.cut(2048, 100, 200);

    assertThat(size.rows(2048)).isEqualTo(1024);
    assertThat(size.isGrowing(2048)).as("held back for others").isFalse();
    succeed(2048);
    assertThat(size.rows(2048)).isEqualTo(2048);
  }

  @Test
  void triesASizeThatFailsAgainAndAgainMoreAndMoreRarely() {
    succeedTimes(20, 2048);
    int successes = 0;
    for (int cut = 1; cut <= 6; cut++) {
      size.cut(2048, 100L * cut, 100L * cut + 1);
      successes = 0;
      while (size.rows(2048) == 1024) {
        succeed(2048);
        successes++;
      }
    }

    assertThat(successes).isEqualTo(32);
    // Once it passes it is a size as any other.
    succeed(2048);
    size.cut(2048, 1_000, 1_001);
    succeed(2048);
    assertThat(size.rows(2048)).isEqualTo(2048);
  }

  /** A quarter of all calls fails, however large they are. */
  @Test
  void isNotWornDownByFailuresThatHaveOtherReasons() {
    Random random = new Random(1);
    long now = 1;
    long rows = 0;
    for (int call = 0; call < 2_000; call++) {
      rows += size.rows(32);
      if (random.nextInt(4) == 0) {
        size.cut(size.rows(32), now, ++now);
      } else {
        succeed(32);
      }
    }

    assertThat(rows / 2_000).isGreaterThan(8);
  }

  @Test
  void remembersWhetherTheFormWasEverAnswered() {
    assertThat(size.isAnswered()).isFalse();
    size.succeeded(1, 2048, 1, TARGET);
    assertThat(size.isAnswered()).isTrue();
  }
}

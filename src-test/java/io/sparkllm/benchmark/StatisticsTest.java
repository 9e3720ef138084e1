package io.sparkllm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StatisticsTest {

  @Test
  void theMedianOfAnOddCountIsTheMiddleOne() {
    assertThat(Statistics.median(9, 1, 2)).isEqualTo(2);
  }

  @Test
  void theMedianOfAnEvenCountLiesBetweenTheTwoInTheMiddle() {
    assertThat(Statistics.median(8, 1, 2, 4)).isEqualTo(3);
  }

  @Test
  void theMedianLeavesTheOrderOfItsArgumentsAlone() {
    double[] values = {3, 1, 2};
    assertThat(Statistics.median(values)).isEqualTo(2);
    assertThat(values).containsExactly(3, 1, 2);
  }

  @Test
  void noValuesHaveNoMedian() {
    assertThatIllegalArgumentException().isThrownBy(Statistics::median);
  }

  @Test
  void theSlopeLeavesOutWhatBothRunsPaid() {
    assertThat(Statistics.slope(10, 7, 40, 13)).isCloseTo(0.2, within(1e-9));
  }

  @Test
  void aSlopeNeedsALargerRun() {
    assertThatIllegalArgumentException().isThrownBy(() -> Statistics.slope(10, 1, 10, 2));
  }

  @Test
  void stragglersCountByTheirTimeInTheIdealRate() {
    assertThat(Statistics.idealRate(128, 0.25, 0, 1)).isCloseTo(512, within(1e-9));
    assertThat(Statistics.idealRate(128, 0.25, 0.01, 20)).isCloseTo(430.25, within(0.01));
  }
}

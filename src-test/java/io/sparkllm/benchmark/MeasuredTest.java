package io.sparkllm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.shaded.jackson.core.JsonProcessingException;
import io.sparkllm.shaded.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class MeasuredTest {

  @Test
  void theSustainedRateLeavesOutTheEndsAndCountsSecondsWithoutCalls() throws Exception {
    assertThat(measured(10, 5, 11, 100, 14, 60, 15, 9).sustainedRate()).isEqualTo(30);
  }

  @Test
  void aRunOfTwoSecondsHasNoneBetweenItsEnds() throws Exception {
    assertThat(measured(10, 5, 11, 100).sustainedRate()).isEqualTo(25);
  }

  @Test
  void tokensByTheMinuteGoByTheSustainedRate() throws Exception {
    // 1,000 prompt and 500 completion tokens for 50 rows are 30 a row.
    assertThat(measured(10, 5, 11, 2, 12, 9).sustainedTokensPerMinute()).isEqualTo(30 * 2 * 60);
  }

  /** Of 50 rows in two seconds; numbers are pairs of a second and its calls. */
  private static Measured measured(int... seconds) throws JsonProcessingException {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < seconds.length; i += 2) {
      list.append(i == 0 ? "" : ",")
          .append("{\"epochSecond\":" + seconds[i] + ",\"requests\":" + seconds[i + 1] + "}");
    }
    String stats = "{\"promptTokens\":1000,\"completionTokens\":500,\"seconds\":[" + list + "]}";
    return new Measured(
        Job.of(50, 8), new Ran(2, 1, 1, 0), new ObjectMapper().readTree(stats), 2, 1);
  }
}

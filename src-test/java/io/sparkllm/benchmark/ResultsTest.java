package io.sparkllm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ResultsTest {

  @Test
  void aLineTellsMediansSpreadAndTheirRatio() {
    Results results = new Results();

    results.compare("rows/s", 0, new double[] {3000, 1000, 1500}, "loop", 2000);

    assertThat(results.table())
        .endsWith("\n| rows/s | 1,500 (1,000–3,000) | loop: 2,000 | 0.75 |\n");
  }

  @Test
  void onlyWhatStandsBetweenTheMarkersIsReplaced() {
    String document = "before\n" + Results.BEGIN + "old\n" + Results.END + "\nafter\n";

    assertThat(Results.placed(document, "new\n"))
        .isEqualTo("before\n" + Results.BEGIN + "new\n" + Results.END + "\nafter\n");
  }

  @Test
  void aDocumentWithoutMarkersIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Results.placed("text", "new"));
  }
}

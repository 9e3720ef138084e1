package io.sparkllm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.coordination.FatalCause;
import io.sparkllm.coordination.StageReport;
import io.sparkllm.engine.Dispatcher.Member;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.throttle.RateLimits;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MembersTest {
  private static final FatalCause CAUSE =
      new FatalCause(ErrorType.QUOTA, "insufficient_quota", "No money is left", true);

  private final Members members = new Members();

  private static Member of(int stageId) {
    return new Member(
        "transformation", stageId, 16, RateLimits.NONE, null, "realtime", 1, null, null);
  }

  private Stage passing(int stageId) {
    Stage stage = members.join(of(stageId));
    members.leave(of(stageId));
    return stage;
  }

  @Test
  void aStoppedStageIsStillStoppedWhenItsTasksComeBack() {
    Stage stage = passing(1);
    stage.breaker().open(CAUSE);

    assertThat(members.join(of(1))).isSameAs(stage);
    assertThat(members.isStopped()).isTrue();
  }

  @Test
  void aStopIsReportedUntilTheDriverKnowsThoughItsTasksAreGone() {
    passing(1).breaker().open(CAUSE);
    assertThat(members.reports()).containsExactly(new StageReport("transformation/1", 1, CAUSE));

    members.told(members.reports());
    assertThat(members.reports()).isEmpty();
  }

  @Test
  void stagesOfLongAgoAreForgotten() {
    Stage first = passing(0);
    for (int stage = 1; stage <= 1_000; stage++) {
      passing(stage);
    }

    assertThat(members.join(of(0))).isNotSameAs(first);
  }

  @Test
  void aStageWhoseTasksRunHearsOfItsEndHoweverManyCameAfterIt() {
    Stage running = members.join(of(0));
    for (int stage = 1; stage <= 1_000; stage++) {
      passing(stage);
    }
    assertThat(members.reports()).extracting(StageReport::stageId).containsExactly(0);

    members.stop(Map.of("transformation/0", CAUSE));
    assertThat(running.breaker().cause()).isEqualTo(CAUSE);
  }
}

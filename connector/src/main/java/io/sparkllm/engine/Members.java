package io.sparkllm.engine;

import io.sparkllm.coordination.FatalCause;
import io.sparkllm.coordination.StageReport;
import io.sparkllm.engine.Dispatcher.Member;
import io.sparkllm.throttle.RateLimits;
import io.sparkllm.throttle.TokenEstimate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The tasks that use a dispatcher now, and the stages that they belong to. Not thread-safe. */
final class Members {
  /** Stages kept; their tasks come back within far fewer stages than this. */
  private static final int MAX_STAGES = 256;

  private final List<Member> members = new ArrayList<>();

  /** The stages of the members, one for each. */
  private final List<Stage> active = new ArrayList<>();

  /** The oldest first. */
  private final Map<String, Stage> stages = new LinkedHashMap<>();

  /** What was learned about each form of request; there are few. */
  private final Map<String, BatchSize> sizes = new HashMap<>();

  Stage join(Member member) {
    Stage stage =
        stages.computeIfAbsent(
            member.stageKey(),
            key ->
                new Stage(
                    key,
                    member.stageId(),
                    new CircuitBreaker(),
                    new TokenEstimate(member.maxTokens()),
                    sizes.computeIfAbsent(member.form(), form -> new BatchSize())));
    members.add(member);
    active.add(stage);
    forgetOldStages();
    return stage;
  }

  /** A stage that runs for long must hear of its end, however many came after it. */
  private void forgetOldStages() {
    Iterator<Stage> oldest = stages.values().iterator();
    while (stages.size() > MAX_STAGES && oldest.hasNext()) {
      if (!active.contains(oldest.next())) {
        oldest.remove();
      }
    }
  }

  void leave(Member member) {
    int place = members.indexOf(member);
    members.remove(place);
    active.remove(place);
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  int size() {
    return members.size();
  }

  /** The lowest concurrency wished; not where there is no member. */
  int concurrency() {
    return members.stream().mapToInt(Member::concurrency).min().orElseThrow();
  }

  /** The different limits named. */
  List<RateLimits> limits() {
    return members.stream().map(Member::limits).distinct().toList();
  }

  int executors() {
    return members.stream().mapToInt(Member::executors).max().orElse(1);
  }

  /** The runs that listen. */
  List<String> runs() {
    return members.stream().map(Member::run).filter(Objects::nonNull).distinct().toList();
  }

  /** Whether the stage of any member was stopped. */
  boolean isStopped() {
    for (Stage stage : active) {
      if (stage.breaker().cause() != null) {
        return true;
      }
    }
    return false;
  }

  /** The stages whose tasks are here, and those whose end the driver does not know yet. */
  List<StageReport> reports() {
    return stages.values().stream()
        .filter(s -> active.contains(s) || (s.breaker().cause() != null && !s.breaker().isTold()))
        .map(s -> new StageReport(s.key(), s.id(), s.breaker().cause()))
        .toList();
  }

  /** The driver has these reports. */
  void told(List<StageReport> reports) {
    for (StageReport report : reports) {
      Stage stage = stages.get(report.key());
      if (stage != null && report.cause() != null) {
        stage.breaker().told();
      }
    }
  }

  /** Stops the stages that were stopped elsewhere. */
  void stop(Map<String, FatalCause> stops) {
    stops.forEach(
        (key, cause) -> {
          Stage stage = stages.get(key);
          if (stage != null) {
            stage.breaker().open(cause);
          }
        });
  }
}

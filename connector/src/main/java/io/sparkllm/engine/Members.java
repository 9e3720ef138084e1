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
                    sizes.computeIfAbsent(member.form(), form -> new BatchSize()),
                    member.cap() == null
                        ? null
                        : new Spent(member.transformation(), member.cap())));
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

  /** The stages whose tasks are here, and those of which the driver does not know all yet. */
  List<StageReport> reports() {
    return stages.values().stream()
        .filter(s -> active.contains(s) || isUntold(s))
        .map(Members::report)
        .toList();
  }

  private static boolean isUntold(Stage stage) {
    return (stage.breaker().cause() != null && !stage.breaker().isTold())
        || (stage.spent() != null && stage.spent().isUntold());
  }

  private static StageReport report(Stage stage) {
    return new StageReport(
        stage.key(),
        stage.id(),
        stage.breaker().cause(),
        stage.spent() == null ? null : stage.spent().report());
  }

  /** The driver has these reports. */
  void told(List<StageReport> reports) {
    for (StageReport report : reports) {
      Stage stage = stages.get(report.key());
      if (stage != null && report.cause() != null) {
        stage.breaker().told();
      }
      if (stage != null && report.spending() != null) {
        stage.spent().told(report.spending().tokens());
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

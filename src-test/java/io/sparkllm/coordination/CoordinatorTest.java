package io.sparkllm.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.CallCounts;
import io.sparkllm.RunStatus;
import io.sparkllm.cost.Price;
import io.sparkllm.cost.Tier;
import io.sparkllm.cost.Tokens;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.throttle.Demand;
import io.sparkllm.throttle.EffectiveLimit;
import io.sparkllm.throttle.HeaderLimit;
import io.sparkllm.throttle.LimitSource;
import io.sparkllm.throttle.Observed;
import io.sparkllm.throttle.RateLimits;
import io.sparkllm.throttle.Waits;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CoordinatorTest {
  private static final CallCounts ONE_ROW = new CallCounts(1, 0, 1, 0, 10, 5, 0, 0, 0, 0);

  private final List<Integer> cancelled = new ArrayList<>();
  private final Coordinator coordinator = new Coordinator((stage, reason) -> cancelled.add(stage));

  private BudgetAnswer tell(String executor, Map<String, CallCounts> counts, BudgetAsk ask) {
    Object reply =
        coordinator.receive(Messages.write(new Messages.Report(executor, counts, List.of(ask))));
    return Messages.read(reply, Messages.Answers.class).answers().get(0);
  }

  private RunStatus status(String run) {
    return Messages.read(coordinator.receive(run), RunStatus.class);
  }

  @Test
  void knowsNothingOfARunBeforeItsFirstReport() {
    assertThat(status("run")).isEqualTo(RunStatus.NOTHING);
  }

  @Test
  void answersTheMessageByWhichAnotherClassLoaderFindsIt() {
    assertThat(status("")).isEqualTo(RunStatus.NOTHING);
  }

  @Test
  void addsUpWhatTheExecutorsOfARunDo() {
    tell("one", Map.of("run", ONE_ROW), Asking.ask(List.of("run")));
    tell("two", Map.of("run", ONE_ROW), Asking.ask(List.of("run", "other run")));

    assertThat(status("run"))
        .isEqualTo(new RunStatus(ONE_ROW.plus(ONE_ROW), 6, 16, null, null, new Waits(2, 4, 6, 8)));
  }

  @Test
  void takesAnExecutorsNewestCounts() {
    tell("one", Map.of("run", ONE_ROW), Asking.ask(List.of("run")));
    tell("one", Map.of("run", ONE_ROW.plus(ONE_ROW)), Asking.ask(List.of("run")));

    assertThat(status("run").counts()).isEqualTo(ONE_ROW.plus(ONE_ROW));
    assertThat(status("run").callsInFlight()).isEqualTo(3);
  }

  @Test
  void tellsTheLimitsThatHold() {
    BudgetAsk ask =
        new BudgetAsk(
            "budget",
            List.of(new RateLimits(6_000L, null)),
            Demand.NONE,
            new Observed(1, 0, false, 0, null, new HeaderLimit(60_000, 30_000, 30_000_000_000L)),
            new Activity(0, 0, Waits.ZERO),
            List.of("run"),
            List.of());
    tell("one", Map.of(), ask);

    assertThat(status("run").requestLimit())
        .isEqualTo(new EffectiveLimit(6_000, LimitSource.OPTION));
    assertThat(status("run").tokenLimit().source()).isEqualTo(LimitSource.HEADER);
  }

  @Test
  void aForgottenRunStaysForgottenWhateverIsStillToldOfIt() {
    tell("one", Map.of("run", ONE_ROW), Asking.ask(List.of("run")));
    coordinator.forget("run");
    tell("one", Map.of("run", ONE_ROW.plus(ONE_ROW)), Asking.ask(List.of("run")));

    assertThat(status("run")).isEqualTo(RunStatus.NOTHING);
  }

  @Test
  void aStageThatStillAsksIsNotForgottenForTheManyThatCameAfterIt() {
    FatalCause cause = new FatalCause(ErrorType.AUTH, null, "The key is wrong", true);
    tell("one", Map.of(), Asking.ask(List.of(), new StageReport("long", 0, cause)));
    for (int stage = 1; stage <= 1_000; stage++) {
      tell("one", Map.of(), Asking.ask(List.of(), new StageReport("s" + stage, stage, cause)));
      BudgetAnswer answer =
          tell("two", Map.of(), Asking.ask(List.of(), new StageReport("long", 0, null)));
      assertThat(answer.stops()).containsOnlyKeys("long");
    }

    assertThat(cancelled).hasSize(1_001).doesNotHaveDuplicates();
  }

  @Test
  void messagesAreTheSameAfterTheirWay() {
    FatalCause cause =
        new FatalCause(ErrorType.NOT_FOUND, null, "No model “größer”, \"x\"\n", false);
    Messages.Report report =
        new Messages.Report(
            "executor",
            Map.of("run", new CallCounts(1, 2, 3, 4, 5, 6, Long.MAX_VALUE, 8, 9, 10)),
            List.of(
                new BudgetAsk(
                    "budget",
                    List.of(new RateLimits(1L, null), new RateLimits(null, Long.MAX_VALUE)),
                    new Demand(1, 2, 3, 4, -5),
                    new Observed(1, 2, true, 3, new HeaderLimit(1, 2, 3), null),
                    new Activity(1, 2, new Waits(1, 2, 3, 4)),
                    List.of("run"),
                    List.of(
                        new StageReport("a", 1, cause),
                        new StageReport("b", 2, null),
                        new StageReport("c", 3, null, spending("c", 7, 0.15))))));

    assertThat(Messages.read(Messages.write(report), Messages.Report.class)).isEqualTo(report);
  }

  /** So many prompt tokens, of which a thousand are allowed and half a cent's worth. */
  private static Spending spending(String transformation, long tokens, double input) {
    Price price =
        new Price(BigDecimal.valueOf(input), null, BigDecimal.ONE, null, new BigDecimal("0.5"));
    return new Spending(
        transformation,
        new Cap(new BigDecimal("0.005"), 1_000L, price, Tier.FLEX, false),
        new Tokens(tokens, 0, 0));
  }

  private FatalCause spend(String executor, String stage, Spending spending) {
    return tell(
            executor, Map.of(), Asking.ask(List.of(), new StageReport(stage, 1, null, spending)))
        .stops()
        .get(stage);
  }

  @Test
  void aCapHoldsForAllExecutorsAndStagesOfATransformationTogether() {
    assertThat(spend("one", "t/1", spending("t", 400, 1))).isNull();
    assertThat(spend("one", "t/1", spending("t", 500, 1))).isNull();
    assertThat(spend("two", "t/2", spending("t", 499, 1))).isNull();
    assertThat(spend("three", "other/1", spending("other", 999, 1))).isNull();

    FatalCause cause = spend("two", "t/2", spending("t", 500, 1));

    assertThat(cause.code()).isEqualTo("max_total_tokens");
    assertThat(cause.type()).isEqualTo(ErrorType.NOT_ATTEMPTED);
    assertThat(cause.message())
        .contains("Stopped at maxTotalTokens=1000: $0.00050 on 1,000 prompt tokens")
        .contains("a higher maxTotalTokens goes on from here");
    assertThat(spend("one", "t/1", spending("t", 500, 1))).isEqualTo(cause);
    assertThat(cancelled).isEmpty();
  }

  @Test
  void aCostIsCappedAtThePriceOfItsTier() {
    // Half of 20 dollars a million, by flex.
    assertThat(spend("one", "t/1", spending("t", 499, 20))).isNull();

    FatalCause cause = spend("two", "t/1", spending("t", 1, 20));

    assertThat(cause.code()).isEqualTo("max_cost");
    assertThat(cause.message()).contains("Stopped at maxCost=0.005: $0.0050 on 500 prompt tokens");
  }

  @Test
  void anEmptyReportIsAnswered() {
    Object reply =
        coordinator.receive(Messages.write(new Messages.Report("one", Map.of(), List.of())));

    assertThat(Messages.read(reply, Messages.Answers.class).answers()).isEmpty();
  }
}

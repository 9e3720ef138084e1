package io.sparkllm.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sparkllm.CallCounts;
import io.sparkllm.openai.ErrorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DriverLinkTest {
  private static final CallCounts ONE_ROW = new CallCounts(1, 0, 1, 0, 10, 5, 0, 0, 0, 0);
  private static final FatalCause CAUSE =
      new FatalCause(ErrorType.QUOTA, "insufficient_quota", "No money is left", true);

  private final InProcess driver = new InProcess();
  private final DriverLink link = driver.link();
  private final DriverLink other = driver.link();

  @AfterEach
  void close() {
    link.close();
    other.close();
  }

  private void awaitRows(long rows) {
    await().untilAsserted(() -> assertThat(driver.status("run").counts().rows()).isEqualTo(rows));
  }

  @Test
  void asksAgainAndAgain() {
    Asking asking = Asking.of();
    link.add(asking);

    await().until(() -> asking.answers.size() >= 3);
  }

  @Test
  void leavesOutWhoHasNothingToAsk() {
    Asking silent = new Asking(() -> null);
    Asking asking = Asking.of();
    link.add(silent);
    link.add(asking);

    await().until(() -> asking.answers.size() >= 3);
    assertThat(silent.answers).isEmpty();
  }

  @Test
  void tellsWhatIsCountedAndWhatIsCountedLater() {
    link.count("run", ONE_ROW);
    link.askNow();
    awaitRows(1);

    link.count("run", ONE_ROW);
    awaitRows(2);
    assertThat(driver.status("run").counts()).isEqualTo(ONE_ROW.plus(ONE_ROW));
  }

  @Test
  void addsUpWhatExecutorsCount() {
    link.count("run", ONE_ROW);
    other.count("run", ONE_ROW);
    other.count("another run", ONE_ROW);
    link.askNow();
    other.askNow();

    awaitRows(2);
    assertThat(driver.status("another run").counts()).isEqualTo(ONE_ROW);
  }

  @Test
  void tellsAgainWhatDidNotReachTheDriver() {
    Asking asking = Asking.of();
    driver.lose();
    link.count("run", ONE_ROW);
    link.add(asking);
    await().until(() -> !asking.failures.isEmpty());
    assertThat(driver.status("run").counts()).isEqualTo(CallCounts.ZERO);

    driver.find();
    awaitRows(1);
  }

  @Test
  void countsNothingTwiceWhereAnAnswerIsLost() {
    Asking asking = Asking.of();
    driver.loseAnswers();
    link.count("run", ONE_ROW);
    link.add(asking);
    await().until(() -> !asking.failures.isEmpty());

    driver.find();
    await().until(() -> !asking.answers.isEmpty());
    assertThat(driver.status("run").counts()).isEqualTo(ONE_ROW);
  }

  @Test
  void isAloneAfterThreeFailuresInARow() {
    Asking asking = Asking.of();
    driver.lose();
    link.add(asking);

    await().until(() -> asking.failures.size() >= 3);
    assertThat(asking.failures.subList(0, 3)).containsExactly(false, false, true);
  }

  @Test
  void isNotAloneWhereTheDriverAnswersInBetween() {
    Asking asking = Asking.of();
    driver.lose();
    link.add(asking);
    for (int round = 1; round <= 3; round++) {
      int failures = 2 * round - 1;
      await().until(() -> asking.failures.size() >= failures);
      driver.find();
      int answers = asking.answers.size();
      await().until(() -> asking.answers.size() > answers);
      driver.lose();
    }

    assertThat(asking.failures.subList(0, 3)).containsOnly(false);
  }

  @Test
  void takesPartAgainOnceTheDriverAnswers() {
    Asking asking = Asking.of();
    driver.lose();
    link.add(asking);
    await().until(() -> asking.failures.contains(true));

    driver.find();
    link.askNow();
    await().until(() -> asking.answers.size() >= 3);
  }

  @Test
  void goesOnWhereSparksClassesAreOthers() {
    DriverLink broken =
        new DriverLink(
            message -> {
              throw new NoSuchMethodError("expected by a test");
            });
    try (broken) {
      Asking asking = Asking.of();
      broken.add(asking);

      await().until(() -> asking.failures.contains(true));
    }
  }

  @Test
  void goesOnWhereAnAnswerCannotBeRead() {
    DriverLink odd = new DriverLink(message -> new byte[] {'{'});
    try (odd) {
      Asking asking = Asking.of();
      odd.add(asking);

      await().until(() -> asking.failures.contains(true));
    }
  }

  @Test
  void oneBudgetsFaultDoesNotKeepTheOthersFromAsking() {
    Asking faulty =
        new Asking(
            () -> {
              throw new ArithmeticException("expected by a test");
            });
    Asking asking = Asking.of();
    link.add(faulty);
    link.add(asking);

    await().until(() -> asking.answers.size() >= 3);
    faulty.ask = () -> Asking.ask(List.of());
    await().until(() -> faulty.answers.size() >= 3);
  }

  @Test
  void aStopThatOneExecutorTellsReachesTheOthersWithTheirNextAsk() {
    Asking meets = Asking.of(new StageReport("stage", 7, CAUSE));
    Asking others =
        Asking.of(new StageReport("stage", 7, null), new StageReport("another", 7, null));
    link.add(meets);
    await().until(() -> !meets.answers.isEmpty());

    other.add(others);
    await().until(() -> !others.answers.isEmpty());
    assertThat(others.answers.get(0).stops()).isEqualTo(Map.of("stage", CAUSE));
  }

  @Test
  void aStopReachesWhoAsksAlready() {
    Asking others = Asking.of(new StageReport("stage", 7, null));
    other.add(others);
    await().until(() -> !others.answers.isEmpty());
    assertThat(others.answers.get(0).stops()).isEmpty();

    link.add(Asking.of(new StageReport("stage", 7, CAUSE)));
    await()
        .until(() -> others.answers.stream().anyMatch(a -> CAUSE.equals(a.stops().get("stage"))));
  }

  @Test
  void theDriverEndsAStoppedStageOnce() {
    Asking one = Asking.of(new StageReport("stage", 7, CAUSE));
    Asking two = Asking.of(new StageReport("stage", 7, CAUSE));
    link.add(one);
    other.add(two);

    await().until(() -> one.answers.size() >= 3 && two.answers.size() >= 3);
    assertThat(driver.cancelled()).containsExactly("7: No money is left");
  }

  @Test
  void theDriverEndsNoStageWhoseRowsGetTheCause() {
    FatalCause column = new FatalCause(CAUSE.type(), CAUSE.code(), CAUSE.message(), false);
    Asking asking = Asking.of(new StageReport("stage", 7, column));
    link.add(asking);

    await().until(() -> asking.answers.size() >= 3);
    assertThat(asking.answers.get(0).stops()).isEqualTo(Map.of("stage", column));
    assertThat(driver.cancelled()).isEmpty();
  }

  @Test
  void theFirstCauseStays() {
    FatalCause later = new FatalCause(ErrorType.AUTH, null, "The key is wrong", true);
    Asking one = Asking.of(new StageReport("stage", 7, CAUSE));
    link.add(one);
    await().until(() -> !one.answers.isEmpty());
    Asking two = Asking.of(new StageReport("stage", 7, later));
    other.add(two);

    await().until(() -> !two.answers.isEmpty());
    assertThat(two.answers.get(0).stops()).isEqualTo(Map.of("stage", CAUSE));
    assertThat(driver.cancelled()).containsExactly("7: No money is left");
  }
}

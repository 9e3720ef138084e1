package io.sparkllm.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenEstimateTest {
  private static TokenEstimate open() {
    return new TokenEstimate(null);
  }

  private static TokenEstimate limited(int maxTokens) {
    return new TokenEstimate(maxTokens);
  }

  private static void observe(
      TokenEstimate estimate, int times, long chars, Long prompt, Long completion) {
    for (int i = 0; i < times; i++) {
      estimate.observe(chars, 1, prompt, completion);
    }
  }

  @Test
  void chargesAQuarterOfTheCharactersAndAnAssumedAnswerAtFirst() {
    assertThat(open().charge(400, 1)).isEqualTo(100 + 256);
  }

  @Test
  void chargesTheLimitOfTheAnswerAtFirstWhereOneIsSet() {
    assertThat(limited(50).charge(400, 1)).isEqualTo(100 + 50);
  }

  @Test
  void chargesTheMeanLengthOfTheAnswersSeen() {
    TokenEstimate estimate = open();
    observe(estimate, 50, 400, 100L, 10L);
    observe(estimate, 50, 400, 100L, 30L);

    assertThat(estimate.charge(400, 1)).isBetween(100 + 19L, 100 + 26L);
  }

  @Test
  void trustsNoLengthBeforeAFewAnswers() {
    TokenEstimate estimate = open();
    observe(estimate, 3, 400, 100L, 10L);
    assertThat(estimate.charge(400, 1)).isEqualTo(100 + 256);

    observe(estimate, 1, 400, 100L, 10L);
    assertThat(estimate.charge(400, 1)).isEqualTo(100 + 10);
  }

  /** Characters a token, about, by what services count for these scripts. */
  @ParameterizedTest
  @CsvSource({
    "the quick brown fox, 4.0",
    "敏捷的棕色狐狸跳过了懒狗, 0.9",
    "素早い茶色の狐, 0.8",
    "تقفز الثعالب البنية, 2.1",
    "быстрая коричневая лиса, 2.4",
    "🦊🐶🦊🐶, 1.0",
  })
  void learnsHowManyTokensACharacterOfTheScriptIs(String text, double charsPerToken) {
    TokenEstimate estimate = open();
    long prompt = Math.round(text.length() * 100 / charsPerToken);
    observe(estimate, 5, 100L * text.length(), prompt, 1L);

    double expected = text.length() * 1_000 / charsPerToken;
    assertThat((double) estimate.charge(1_000L * text.length(), 1))
        .isCloseTo(expected + 1, within(0.01 * expected + 1));
  }

  @Test
  void followsAnotherScriptInTheSameTable() {
    TokenEstimate estimate = open();
    observe(estimate, 300, 400, 100L, 0L);
    observe(estimate, 300, 400, 400L, 0L);

    assertThat((double) estimate.charge(1_000, 1)).isCloseTo(1_000, within(50.0));
  }

  @Test
  void longPromptsWeighMoreThanShortOnes() {
    TokenEstimate estimate = open();
    observe(estimate, 10, 4, 8L, 0L);
    observe(estimate, 10, 40_000, 10_000L, 0L);

    assertThat((double) estimate.charge(40_000, 1)).isCloseTo(10_000, within(100.0));
  }

  @Test
  void aServiceThatCountsNothingTeachesNothing() {
    TokenEstimate estimate = open();
    observe(estimate, 10, 400, null, null);
    observe(estimate, 10, 0, 100L, null);
    observe(estimate, 10, 400, 0L, null);

    assertThat(estimate.charge(400, 1)).isEqualTo(100 + 256);
  }

  @Test
  void everyRequestIsChargedSomething() {
    TokenEstimate estimate = open();
    observe(estimate, 10, 400, 1L, 0L);

    assertThat(estimate.charge(0, 1)).isEqualTo(1);
    assertThat(estimate.charge(1, 1)).isEqualTo(1);
  }

  @Test
  void servicesChargeAtLeastTheLimitOfTheAnswer() {
    TokenEstimate estimate = limited(500);
    observe(estimate, 10, 400, 100L, 3L);

    assertThat(estimate.least(400, 1)).isEqualTo(500);
    assertThat(estimate.charge(400, 1)).isEqualTo(500);
  }

  @Test
  void servicesChargeALongPromptByItsCharacters() {
    assertThat(limited(500).least(4_001, 1)).isEqualTo(1_001);
  }

  @Test
  void servicesChargeWhatIsUsedWhereNoLimitOfTheAnswerIsSet() {
    assertThat(open().least(4_000, 1)).isZero();
  }

  @Test
  void aRequestNeedsItsPromptOrTheLimitOfItsAnswer() {
    assertThat(limited(500).needed(400, 1)).isEqualTo(500);
    assertThat(limited(500).needed(4_000, 1)).isEqualTo(1_000);
    assertThat(open().needed(4_000, 1)).isEqualTo(1_000);
  }

  @Test
  void shortPromptsDoNotMakeALongOneNeedMoreThanItsCharactersSay() {
    TokenEstimate estimate = open();
    // "Yes" is a token, and the wrapping of a message is seven.
    observe(estimate, 100, 3, 8L, 1L);

    // It would be refused for ever at less than 106,667 tokens a minute, and really is 10,000.
    assertThat(estimate.needed(40_000, 1)).isLessThanOrEqualTo(10_000);
  }

  @Test
  void chargesAnAnswerForEachRowOfARequest() {
    assertThat(open().charge(400, 10)).isEqualTo(100 + 2_560);
    assertThat(limited(50).charge(400, 10)).isEqualTo(100 + 500);
    assertThat(limited(50).least(400, 10)).isEqualTo(500);
    assertThat(limited(50).needed(400, 10)).isEqualTo(500);
  }

  @Test
  void learnsTheLengthOfOneAnswerFromRequestsOfMany() {
    TokenEstimate estimate = open();
    for (int i = 0; i < 10; i++) {
      estimate.observe(400, 10, 100L, 300L);
    }

    assertThat(estimate.charge(400, 1)).isEqualTo(100 + 30);
    assertThat(estimate.charge(400, 5)).isEqualTo(100 + 150);
  }
}

package io.sparkllm.engine;

import io.sparkllm.cost.Tokens;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.openai.Usage;

/** The tokens that a reply was charged. */
final class PaidTokens {
  /** More than any call uses: a nonsensical number would be paid off for ever. */
  private static final long MOST_TOKENS = 10_000_000;

  /** English text has about four characters a token, and so services estimate themselves. */
  private static final int CHARS_PER_TOKEN = 4;

  private PaidTokens() {}

  /** What the service says; a cap must not fail to hold because a server counts nothing. */
  static Tokens of(long promptChars, Reading reading) {
    Usage usage = usage(reading);
    Long prompt = plausible(usage.promptTokens());
    Long completion = plausible(usage.completionTokens());
    Long total = plausible(usage.totalTokens());
    if (orZero(prompt) + orZero(completion) > 0) {
      return new Tokens(
          orZero(prompt), orZero(plausible(usage.cachedTokens())), orZero(completion));
    }
    if (orZero(total) > 0) {
      return new Tokens(total, 0, 0);
    }
    long answered = answerChars(reading);
    return answered < 0
        ? Tokens.ZERO
        : new Tokens(promptChars / CHARS_PER_TOKEN, 0, answered / CHARS_PER_TOKEN);
  }

  /** What the service counted for the request as a whole. */
  static Usage usage(Reading reading) {
    if (reading instanceof Reading.Answered answered) {
      return answered.answer().usage();
    }
    return reading instanceof Reading.Each each
        ? each.usage()
        : ((Reading.NotAnswered) reading).failure().error().usage();
  }

  static Long plausible(Long tokens) {
    return tokens != null && tokens >= 0 && tokens <= MOST_TOKENS ? tokens : null;
  }

  private static long orZero(Long tokens) {
    return tokens == null ? 0 : tokens;
  }

  /** Negative where nothing was answered. Vectors are no tokens of an answer. */
  private static long answerChars(Reading reading) {
    if (reading instanceof Reading.Answered answered) {
      return answered.answer().text().length();
    }
    return reading instanceof Reading.Each ? 0 : -1;
  }
}

package io.sparkllm.throttle;

/**
 * What requests of one kind are charged, before they are sent: the prompt by its characters, at the
 * ratio seen so far, and the answers' mean length. What a request really used is settled
 * afterwards; a charge above the mean would hold back, for as long as a call takes, what most calls
 * give back. Not thread-safe.
 */
public final class TokenEstimate {
  /** English text has about four characters a token, and so services estimate themselves. */
  private static final double TOKENS_PER_CHAR = 0.25;

  /** Assumed length of an answer where no limit is set and none was seen. */
  private static final int DEFAULT_OUTPUT = 256;

  /** Answers seen before their lengths are trusted. */
  private static final int ENOUGH = 4;

  /** Weight of the past, for each new answer. */
  private static final double DECAY = 0.99;

  private final Integer maxTokens;
  private double promptChars;
  private double promptTokens;
  private int answers;
  private double answerWeight;
  private double answerTokens;

  /**
   * Starts without experience.
   *
   * @param maxTokens the limit of an answer; null where none is set
   */
  public TokenEstimate(Integer maxTokens) {
    this.maxTokens = maxTokens;
  }

  /**
   * What a request is expected to be charged.
   *
   * @param chars characters of its messages
   * @param rows rows that it asks for, each with an answer of its own
   * @return tokens of prompt and answers, from 1
   */
  public long charge(long chars, int rows) {
    return Math.max(least(chars, rows), prompt(chars) + Math.round(output() * rows));
  }

  private long prompt(long chars) {
    double ratio = promptChars == 0 ? TOKENS_PER_CHAR : promptTokens / promptChars;
    return Math.max(1, Math.round(chars * ratio));
  }

  /** Of one row. */
  private double output() {
    if (answers >= ENOUGH) {
      return answerTokens / answerWeight;
    }
    return maxTokens == null ? DEFAULT_OUTPUT : maxTokens;
  }

  /**
   * What the service charges however short the answers are: where a limit of an answer is set, the
   * larger of it and the prompt (protocol notes §5).
   *
   * @param chars characters of the request's messages
   * @param rows rows that it asks for
   * @return 0 where the service charges what is used
   */
  public long least(long chars, int rows) {
    return maxTokens == null
        ? 0
        : Math.max(limit(rows), Math.max(1, (long) Math.ceil(chars * TOKENS_PER_CHAR)));
  }

  private long limit(int rows) {
    return maxTokens == null ? 0 : (long) maxTokens * rows;
  }

  /**
   * What a request needs at least, whatever the answer: one that needs more than a minute's tokens
   * can never be sent. By its characters and not by the ratio seen: short prompts have a high one,
   * of which the wrapping of messages is the most.
   *
   * @param chars characters of its messages
   * @param rows rows that it asks for
   * @return tokens
   */
  public long needed(long chars, int rows) {
    long prompt = Math.min(prompt(chars), (long) Math.ceil(chars * TOKENS_PER_CHAR));
    return Math.max(prompt, limit(rows));
  }

  /**
   * Learns from a request that was answered.
   *
   * @param chars characters of its messages
   * @param rows rows that it asked for
   * @param prompt tokens that the service counted for them; null where it did not say
   * @param completion tokens of the answers; null where it did not say
   */
  public void observe(long chars, int rows, Long prompt, Long completion) {
    if (prompt != null && prompt > 0 && chars > 0) {
      promptChars = promptChars * DECAY + chars;
      promptTokens = promptTokens * DECAY + prompt;
    }
    if (completion != null) {
      answers++;
      answerWeight = answerWeight * DECAY + 1;
      answerTokens = answerTokens * DECAY + (double) completion / rows;
    }
  }
}

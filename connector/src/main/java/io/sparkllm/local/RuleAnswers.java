package io.sparkllm.local;

/** Answers of the model {@code local}. */
final class RuleAnswers {
  private RuleAnswers() {}

  static String answer(Conversation asked) {
    return asked.lastUser();
  }
}

package io.sparkllm.local;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Answers of the model {@code local}: by rules, the same for the same question. It reads the task
 * from the instruction and never obeys the text that follows.
 */
final class RuleAnswers {
  private RuleAnswers() {}

  static String answer(Conversation given) {
    Conversation asked = PromptSchema.resolved(given);
    Task task = TaskReader.read(asked);
    if (asked.schema() != null) {
      return new SchemaAnswers(asked.schema(), task).answer().toString();
    }
    String text = text(task);
    if (!asked.jsonObject()) {
      return text;
    }
    ObjectNode object = Json.object();
    return object.put(task.kind() == Task.Kind.LABEL ? "label" : "answer", text).toString();
  }

  static String text(Task task) {
    return switch (task.kind()) {
      case LABEL -> LabelChoice.choose(task.labels(), task.text());
      case SUMMARY -> Summary.of(task.text(), task.instruction());
      case TRANSLATION ->
          "[The local endpoint works by rules and cannot translate; the text is unchanged.] "
              + task.text().strip();
      case EXTRACTION -> Facts.describe(task.text(), task.instruction());
      case ANSWER -> "[Rule-based extract, no LLM.] " + Summary.of(task.text(), "");
    };
  }
}

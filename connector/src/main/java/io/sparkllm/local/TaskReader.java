package io.sparkllm.local;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells instruction and text apart. A system message that gives a task makes the whole user message
 * the text. Otherwise the user message begins with the instruction, and only its beginning is
 * looked at: whatever the text itself demands is not obeyed.
 */
final class TaskReader {
  private static final Pattern TASK =
      Pattern.compile(
          "\\b(?:(?<label>classif\\w*|categori[sz]\\w*|label\\w*|tag|assign|choose|pick|select|triage"
              + "|route|one of|which|is (?:this|it)|categories|classes|options|sentiment|decide|answer)"
              + "|(?<summary>summar\\w+|tl;?dr|shorten|condense|gist|headline|title|abstract)"
              + "|(?<translation>translat\\w+)"
              + "|(?<extraction>extract\\w*|find all|list (?:all|the|every)|pull out))\\b",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern BOUNDARY = Pattern.compile("(\\w*):(?=\\s)|\\n\\s*\\n");
  private static final Pattern LIST_WORD =
      Pattern.compile(
          "(?i)labels?|categor(?:y|ies)|classes|options|choices|of|following|are|is|as|into|tags");
  private static final Pattern LEAD =
      Pattern.compile(
          "^\\s*(?:[-–—]\\s+)?(?:(?i:text|ticket|review|message|input|comment|document|e-?mail)\\s*:\\s*)?");
  private static final int HEAD = 600;
  private static final int REST_OF_INSTRUCTION = 300;

  private TaskReader() {}

  static Task read(Conversation asked) {
    String system = asked.system();
    String user = asked.lastUser();
    Task given = find(system, Math.min(system.length(), 2000));
    if (given.kind() != Task.Kind.ANSWER) {
      return new Task(given.kind(), given.labels(), system, LEAD.matcher(user).replaceFirst(""));
    }
    return find(user, boundary(user));
  }

  private static Task find(String message, int limit) {
    Matcher task = TASK.matcher(message);
    while (task.find() && task.start() < limit) {
      if (task.group("label") != null) {
        LabelList list =
            LabelList.find(message.substring(0, Math.min(message.length(), 2000)), limit);
        if (list != null) {
          return task(Task.Kind.LABEL, list.labels(), message, list.end());
        }
        if (task.group().equalsIgnoreCase("sentiment")) {
          return task(Task.Kind.LABEL, Sentiment.LABELS, message, task.end());
        }
      } else {
        Task.Kind kind =
            task.group("summary") != null
                ? Task.Kind.SUMMARY
                : task.group("translation") != null ? Task.Kind.TRANSLATION : Task.Kind.EXTRACTION;
        return task(kind, List.of(), message, task.end());
      }
    }
    return task(Task.Kind.ANSWER, List.of(), message, 0);
  }

  private static Task task(Task.Kind kind, List<String> labels, String message, int end) {
    int text = textStart(message, end, kind);
    return new Task(
        kind,
        labels,
        message.substring(0, text),
        LEAD.matcher(message.substring(text)).replaceFirst(""));
  }

  /** Where the text begins: behind the colon or blank line that ends the instruction. */
  private static int textStart(String message, int end, Task.Kind kind) {
    if (end < message.length() && message.charAt(end) == ':') {
      return end + 1;
    }
    Matcher boundary = BOUNDARY.matcher(message);
    if (boundary.find(end) && boundary.start() < end + REST_OF_INSTRUCTION) {
      return boundary.end();
    }
    int newline = message.indexOf('\n', end);
    if (newline >= 0 && newline < end + REST_OF_INSTRUCTION) {
      return newline;
    }
    return kind == Task.Kind.LABEL ? Math.min(message.length(), end + 1) : 0;
  }

  /** The end of what may be instruction: the first colon that introduces no list, or so far. */
  private static int boundary(String message) {
    Matcher boundary = BOUNDARY.matcher(message);
    while (boundary.find()) {
      String word = boundary.group(1);
      if (word == null || !LIST_WORD.matcher(word).matches()) {
        return Math.min(HEAD, word == null ? boundary.start() : boundary.end(1) + 1);
      }
    }
    return Math.min(HEAD, message.length());
  }
}

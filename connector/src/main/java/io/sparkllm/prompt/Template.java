package io.sparkllm.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A prompt template, parsed: literal texts and columns in turn. {@code {column}} or {@code {`any
 * name`}} stands for a value; a doubled pair around the same, {@code {{column}}}, is literal single
 * braces; every other brace is literal, so that JSON needs no escapes. Immutable.
 */
final class Template {
  /** A literal text or the name of a column. */
  record Part(String text, boolean isColumn) {}

  // Possessive: a backtracking group costs a stack frame for each character of a long prompt.
  private static final String NAME = "(?:([\\p{L}_][\\p{L}\\p{M}\\p{N}_]*)|`((?:[^`]++|``)++)`)";
  private static final Pattern COLUMN = Pattern.compile("\\{" + NAME + "}");
  private static final Pattern TOKEN = Pattern.compile("\\{\\{" + NAME + "}}|\\{" + NAME + "}");

  private final List<Part> parts;

  private Template(List<Part> parts) {
    this.parts = parts;
  }

  static Template parse(String text) {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    Matcher m = TOKEN.matcher(text);
    int end = 0;
    while (m.find()) {
      literal.append(text, end, m.start());
      end = m.end();
      boolean escaped = m.group(1) != null || m.group(2) != null;
      if (escaped) {
        literal.append(text, m.start() + 1, m.end() - 1);
      } else {
        if (literal.length() > 0) {
          parts.add(new Part(literal.toString(), false));
          literal.setLength(0);
        }
        String name = m.group(3) != null ? m.group(3) : m.group(4).replace("``", "`");
        parts.add(new Part(name, true));
      }
    }
    literal.append(text.substring(end));
    if (literal.length() > 0) {
      parts.add(new Part(literal.toString(), false));
    }
    return new Template(List.copyOf(parts));
  }

  /** What is left of a template when columns and escaped braces are taken out. */
  static String withoutTokens(String text) {
    return TOKEN.matcher(text).replaceAll(" ");
  }

  /** A template that stands for the text itself. */
  static String literal(String text) {
    return COLUMN.matcher(text).replaceAll("{$0}");
  }

  List<Part> parts() {
    return parts;
  }
}

package io.sparkllm.local;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A list of labels found in an instruction.
 *
 * @param labels as written, without quotes and articles
 * @param end where the list ends in the instruction
 */
record LabelList(List<String> labels, int end) {
  private static final Pattern INTRODUCTION =
      Pattern.compile(
          "\\b(?:as|into|one of|either|between|among|(?:choose|pick|select) from|labels?|categor(?:y|ies)"
              + "|class(?:es)?|options?|choices?|sentiments?|tags?|answer|is (?:this|it|the \\w+))\\b"
              + "(?:\\s+(?:as|one of|exactly|only|either|the|these|this|following|labels?|categor(?:y|ies)"
              + "|classes|options|list|with|are|is|be|of|one|from))*\\s*[:=]?\\s*",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern END = Pattern.compile("[:.;?!](?=\\s|$)|\\n");
  private static final Pattern BULLETS =
      Pattern.compile("\\G\\s*(?:[-*•]|\\d+[.)])\\s+([^\\n]{1,60})");
  private static final Pattern SEPARATOR =
      Pattern.compile(
          "\\s*(?:,|;|\\||/)\\s*(?:or\\s+|and\\s+)?|\\s+or\\s+", Pattern.CASE_INSENSITIVE);
  private static final Pattern TAIL =
      Pattern.compile(
          "\\s+(?:for|based|depending|according|using|by|given|and (?:answer|reply|nothing)|only)\\b.*",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern ARTICLE =
      Pattern.compile("^(?:an?|the)\\s+", Pattern.CASE_INSENSITIVE);
  private static final int MAX_LABEL_WORDS = 5;

  /** The first list of at least two labels that begins before {@code limit}, or null. */
  static LabelList find(String text, int limit) {
    Matcher introduction = INTRODUCTION.matcher(text);
    int from = 0;
    while (introduction.find(from) && introduction.start() < limit) {
      LabelList list = bullets(text, introduction.end());
      if (list == null) {
        list = inline(text, introduction.end());
      }
      if (list != null) {
        return list;
      }
      from = introduction.start() + 1;
    }
    return null;
  }

  private static LabelList inline(String text, int start) {
    Matcher end = END.matcher(text);
    int stop = end.find(start) ? end.start() : text.length();
    String region = text.substring(start, stop);
    if (region.length() > 600) {
      return null;
    }
    String[] parts = SEPARATOR.split(region.strip());
    if (parts.length < 2) {
      return null;
    }
    parts = splitLastAnd(parts);
    List<String> labels = new ArrayList<>();
    for (String part : parts) {
      String label = clean(part);
      if (label.isEmpty() || label.split("\\s+", -1).length > MAX_LABEL_WORDS) {
        return null;
      }
      labels.add(label);
    }
    return labels.size() < 2 ? null : new LabelList(List.copyOf(labels), stop);
  }

  /** "a, b and c": only the last comma part may hide two labels. */
  private static String[] splitLastAnd(String[] parts) {
    String[] last = parts[parts.length - 1].split("\\s+and\\s+", 2);
    if (last.length < 2) {
      return parts;
    }
    List<String> all = new ArrayList<>(List.of(parts).subList(0, parts.length - 1));
    all.addAll(List.of(last));
    return all.toArray(String[]::new);
  }

  private static LabelList bullets(String text, int start) {
    Matcher bullet = BULLETS.matcher(text);
    List<String> labels = new ArrayList<>();
    int end = start;
    if (bullet.find(start)) {
      do {
        labels.add(clean(bullet.group(1).replaceFirst("\\s*[:(–].*", "")));
        end = bullet.end();
      } while (bullet.find());
    }
    return labels.size() < 2 ? null : new LabelList(List.copyOf(labels), end);
  }

  private static String clean(String raw) {
    String label = TAIL.matcher(raw.strip()).replaceFirst("");
    label = label.replaceAll("^[\\[({\"'`“‘*]+|[\\])}\"'`”’*]+$", "");
    return ARTICLE.matcher(label).replaceFirst("").strip();
  }
}

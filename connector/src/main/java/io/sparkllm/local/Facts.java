package io.sparkllm.local;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Facts that can be told by their form: addresses, dates, amounts, numbers. */
final class Facts {
  private static final Map<String, Pattern> FORMS = forms();

  private static Map<String, Pattern> forms() {
    Map<String, Pattern> forms = new LinkedHashMap<>();
    forms.put("email", Pattern.compile("[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+"));
    forms.put("url", Pattern.compile("https?://[^\\s<>\"')]+"));
    forms.put(
        "date",
        Pattern.compile(
            "\\b\\d{4}-\\d{2}-\\d{2}\\b|\\b\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}\\b"
                + "|\\b\\d{1,2}(?:st|nd|rd|th)? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
                + "(?: \\d{4})?"));
    forms.put(
        "amount",
        Pattern.compile(
            "[$€£]\\s?\\d[\\d.,']*\\d|[$€£]\\s?\\d|\\b\\d[\\d.,']*\\s?(?:USD|EUR|GBP|CHF|euros?|dollars?|€|\\$)"));
    forms.put("phone", Pattern.compile("\\+\\d[\\d\\s/()-]{6,}\\d"));
    forms.put("version", Pattern.compile("\\b[vV]?\\d+\\.\\d+(?:\\.\\d+)+\\b"));
    forms.put("id", Pattern.compile("\\b[A-Z]{1,4}\\d?-\\d[\\d-]{2,}\\b|#\\d{3,}"));
    forms.put("number", Pattern.compile("-?\\b\\d+(?:\\.\\d+)?\\b"));
    return Collections.unmodifiableMap(forms);
  }

  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("mail", "email"),
          Map.entry("url", "url"),
          Map.entry("uri", "url"),
          Map.entry("link", "url"),
          Map.entry("website", "url"),
          Map.entry("date", "date"),
          Map.entry("day", "date"),
          Map.entry("amount", "amount"),
          Map.entry("price", "amount"),
          Map.entry("cost", "amount"),
          Map.entry("phone", "phone"),
          Map.entry("version", "version"),
          Map.entry("firmware", "version"),
          Map.entry("invoice", "id"),
          Map.entry("order", "id"),
          Map.entry("serial", "id"));

  private Facts() {}

  /** The form that a name or an instruction speaks of, or null. */
  static String form(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return WORDS.entrySet().stream()
        .filter(word -> lower.contains(word.getKey()))
        .map(Map.Entry::getValue)
        .sorted()
        .findFirst()
        .orElse(null);
  }

  /** All facts of one form, in order. */
  static List<String> find(String form, String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = FORMS.get(form).matcher(text);
    while (matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  /** One line for each form that the instruction names, or for all but plain numbers. */
  static String describe(String text, String instruction) {
    List<String> lines = new ArrayList<>();
    for (String form : FORMS.keySet()) {
      boolean asked =
          WORDS.entrySet().stream()
              .anyMatch(
                  w ->
                      w.getValue().equals(form)
                          && instruction.toLowerCase(Locale.ROOT).contains(w.getKey()));
      List<String> found = find(form, text);
      if (!found.isEmpty() && (asked || (form(instruction) == null && !form.equals("number")))) {
        lines.add(form + ": " + String.join(", ", found));
      }
    }
    return lines.isEmpty() ? "none found" : String.join("\n", lines);
  }
}

package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Strings, numbers and booleans for schema answers, chosen by the property's name. */
final class SchemaScalars {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,15}(?:\\.\\d{1,6})?");
  private static final Pattern FREE_TEXT =
      Pattern.compile("reason|explan|summary|text|quote|evidence|rationale|comment|note");
  private static final int STRING_WORDS = 25;

  private final Task task;

  SchemaScalars(Task task) {
    this.task = task;
  }

  static boolean isScalar(String type) {
    return switch (type) {
      case "string", "number", "integer", "boolean" -> true;
      default -> false;
    };
  }

  JsonNode value(String type, JsonNode schema, String name, boolean nullable) {
    return switch (type) {
      case "boolean" -> NODES.booleanNode(truth(name));
      case "integer", "number" -> number(type, schema, name, nullable);
      default -> string(schema, name, nullable);
    };
  }

  /** Up to so many strings for a list: facts of the named form, else the text's own words. */
  List<String> strings(String name, int most) {
    String form = Facts.form(name);
    List<String> found =
        form == null
            ? Summary.words(task.text()).stream().sorted().toList()
            : Facts.find(form, task.text());
    return found.stream().limit(most).toList();
  }

  private JsonNode string(JsonNode schema, String name, boolean nullable) {
    String form = Facts.form(schema.path("format").asText(name));
    String text;
    if (form != null) {
      List<String> found = Facts.find(form, task.text());
      if (found.isEmpty() && nullable) {
        return NODES.nullNode();
      }
      text = found.isEmpty() ? placeholder(schema.path("format").asText("")) : found.get(0);
    } else if (nullable && task.text().isBlank()) {
      return NODES.nullNode();
    } else {
      text = phrase(name);
    }
    return NODES.textNode(fitted(text, schema));
  }

  private String phrase(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.contains("sentiment") && task.kind() != Task.Kind.LABEL) {
      return Sentiment.choose(Sentiment.LABELS, task.text());
    }
    if (task.kind() == Task.Kind.LABEL && !FREE_TEXT.matcher(lower).find()) {
      return LabelChoice.choose(task.labels(), task.text());
    }
    return task.kind() == Task.Kind.SUMMARY
        ? Summary.of(task.text(), task.instruction())
        : Summary.of(task.text(), 1, STRING_WORDS);
  }

  private static String placeholder(String format) {
    return switch (format) {
      case "date" -> "1970-01-01";
      case "date-time" -> "1970-01-01T00:00:00Z";
      case "email" -> "nobody@example.com";
      case "uri" -> "https://example.com";
      default -> "";
    };
  }

  private static String fitted(String text, JsonNode schema) {
    int most = schema.path("maxLength").asInt(Integer.MAX_VALUE);
    int least = schema.path("minLength").asInt(0);
    String cut = text.length() > most ? text.substring(0, most) : text;
    return cut.length() < least ? cut + "-".repeat(least - cut.length()) : cut;
  }

  private JsonNode number(String type, JsonNode schema, String name, boolean nullable) {
    Matcher matcher = NUMBER.matcher(task.text());
    String lower = name.toLowerCase(Locale.ROOT);
    double value;
    if (lower.contains("confidence") || lower.contains("probability")) {
      value = 0.5;
    } else if (lower.contains("sentiment") || lower.contains("rating") || lower.contains("stars")) {
      value = 3 + Math.max(-2, Math.min(2, Sentiment.balance(task.text())));
    } else if (matcher.find()) {
      value = Double.parseDouble(matcher.group());
    } else if (nullable) {
      return NODES.nullNode();
    } else {
      value = 0;
    }
    boolean whole = type.equals("integer");
    double step = schema.path("multipleOf").asDouble(whole ? 1 : 0);
    double gap = whole ? 1 : 1e-6;
    double least =
        Math.max(
            schema.path("minimum").asDouble(Double.NEGATIVE_INFINITY),
            schema.path("exclusiveMinimum").asDouble(Double.NEGATIVE_INFINITY) + gap);
    double most =
        Math.min(
            schema.path("maximum").asDouble(Double.POSITIVE_INFINITY),
            schema.path("exclusiveMaximum").asDouble(Double.POSITIVE_INFINITY) - gap);
    value = Math.max(least, Math.min(most, value));
    if (step > 0) {
      double floor = Math.floor(value / step) * step;
      value = floor < least ? floor + step : floor;
    }
    return whole ? NODES.numberNode((long) value) : NODES.numberNode(value);
  }

  /** Whether the text speaks of what the property's name says, e.g. {@code is_urgent}. */
  private boolean truth(String name) {
    String label = name.replaceAll("([a-z])([A-Z])", "$1 $2").replaceAll("(?i)^(is|has)[_ ]", "");
    int concept = Concepts.COMMON.find(label);
    if (concept >= 0) {
      return Concepts.COMMON.score(task.text())[concept] >= 3;
    }
    String normal = Cues.normal(task.text());
    for (String word : label.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)) {
      if (word.length() > 2 && normal.contains(" " + word)) {
        return true;
      }
    }
    return false;
  }
}

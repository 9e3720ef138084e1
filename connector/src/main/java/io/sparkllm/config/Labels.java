package io.sparkllm.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads the option {@code labels}: names with commas, a JSON array of names, or a JSON object. */
public final class Labels {
  private static final int LEAST = 2;

  private Labels() {}

  /**
   * The labels in their order.
   *
   * @param text the option's value
   * @return descriptions by label, empty where there is none
   * @throws IllegalArgumentException with the cure, where they are fewer than two or one is doubled
   */
  public static Map<String, String> read(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    Map<String, String> seen = new LinkedHashMap<>();
    for (Map.Entry<String, String> e : entries(text)) {
      String label = e.getKey();
      String other = seen.put(label.toLowerCase(Locale.ROOT), label);
      if (other != null) {
        throw new IllegalArgumentException(
            "Option labels names "
                + (other.equals(label) ? label + " twice" : other + " and " + label)
                + "; name each label once");
      }
      labels.put(label, e.getValue());
    }
    if (labels.size() < LEAST) {
      throw new IllegalArgumentException(
          "Option labels is '" + text.strip() + "', a single one; name at least two");
    }
    return labels;
  }

  /** Refuses what cannot be read at all. */
  static void check(String text) {
    entries(text);
  }

  private static List<Map.Entry<String, String>> entries(String text) {
    List<Map.Entry<String, String>> entries = new ArrayList<>();
    if (text.strip().startsWith("{")) {
      Json.textMap(text).forEach((label, description) -> add(entries, label, description));
    } else {
      names(text).forEach(label -> add(entries, label, ""));
    }
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("No label");
    }
    return entries;
  }

  private static void add(
      List<Map.Entry<String, String>> entries, String label, String description) {
    String name = line(label);
    if (name.isEmpty()) {
      throw new IllegalArgumentException("A label without a name");
    }
    entries.add(Map.entry(name, line(description)));
  }

  private static List<String> names(String text) {
    if (!text.strip().startsWith("[")) {
      return List.of(text.split(",", -1));
    }
    List<String> names = new ArrayList<>();
    try {
      for (JsonNode name : Json.parse(text)) {
        if (!name.isTextual()) {
          throw new IllegalArgumentException("Not a text");
        }
        names.add(name.textValue());
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not a JSON array", e);
    }
    return names;
  }

  /** Each label is a line of the instruction. */
  private static String line(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}

package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Reads a JSON object of the script, refusing what is unknown, of the wrong type or out of range
 * with a message that names the place, the value and what is allowed.
 */
final class StrictObject {
  /** What the outermost object is called. */
  static final String ROOT = "the script";

  private final JsonNode node;
  private final String where;

  StrictObject(JsonNode node, String where, List<String> known) {
    this.node = node;
    this.where = where;
    if (!node.isObject()) {
      throw new IllegalArgumentException(
          "Script: " + where + " must be an object, but is " + Json.describe(node));
    }
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "Script: unknown key '%s' in %s; nearest known: '%s'; known: %s"
                .formatted(name, where, nearest(name, known), String.join(", ", known)));
      }
    }
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  JsonNode node(String key) {
    return has(key) ? node.get(key) : null;
  }

  /** The object at a key, an empty one when there is none. */
  StrictObject child(String key, List<String> known) {
    return new StrictObject(has(key) ? node.get(key) : Json.object(), named(key), known);
  }

  /** The items of an array, none when there is none. */
  Iterable<JsonNode> array(String key) {
    JsonNode items = node(key);
    if (items != null && !items.isArray()) {
      throw new IllegalArgumentException(
          "Script: " + named(key) + " must be an array, but is " + Json.describe(items));
    }
    return items == null ? List.of() : items;
  }

  /** The items of an array of strings. */
  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : array(key)) {
      if (!item.isTextual()) {
        throw new IllegalArgumentException(
            "Script: " + named(key) + " must hold strings, but holds " + Json.describe(item));
      }
      texts.add(item.textValue());
    }
    return texts;
  }

  /** The items of an array of names that are known. */
  List<String> choices(String key, List<String> known) {
    List<String> names = texts(key);
    names.forEach(name -> known(key, name, known));
    return names;
  }

  private String named(String key) {
    return where.equals(ROOT) ? key : where + "." + key;
  }

  String text(String key, String otherwise) {
    return value(key, otherwise, "a string", n -> n.isTextual() ? n.textValue() : null);
  }

  boolean flag(String key, boolean otherwise) {
    return value(key, otherwise, "true or false", n -> n.isBoolean() ? n.booleanValue() : null);
  }

  long whole(String key, long otherwise, long least, long most) {
    return value(
        key,
        otherwise,
        "a whole number from " + least + " to " + most,
        n ->
            n.isIntegralNumber()
                    && n.canConvertToLong()
                    && n.longValue() >= least
                    && n.longValue() <= most
                ? n.longValue()
                : null);
  }

  double number(String key, double otherwise, double least, double most) {
    return value(
        key,
        otherwise,
        "a number from " + least + " to " + most,
        n ->
            n.isNumber() && n.doubleValue() >= least && n.doubleValue() <= most
                ? n.doubleValue()
                : null);
  }

  /** One of an enum's constants, written in lower case; {@code otherwise} may be null. */
  <E extends Enum<E>> E constant(String key, Class<E> type, E otherwise) {
    List<String> known = Arrays.stream(type.getEnumConstants()).map(StrictObject::lower).toList();
    String name = choice(key, otherwise == null ? null : lower(otherwise), known);
    return name == null ? null : type.getEnumConstants()[known.indexOf(name)];
  }

  /** One of some names. */
  String choice(String key, String otherwise, List<String> known) {
    String name = text(key, otherwise);
    if (name != null) {
      known(key, name, known);
    }
    return name;
  }

  private void known(String key, String name, List<String> known) {
    if (!known.contains(name)) {
      throw new IllegalArgumentException(
          "Script: unknown %s.%s '%s'; nearest known: '%s'; known: %s"
              .formatted(where, key, name, nearest(name, known), String.join(", ", known)));
    }
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private <T> T value(String key, T otherwise, String allowed, Function<JsonNode, T> read) {
    if (!has(key)) {
      return otherwise;
    }
    T value = read.apply(node.get(key));
    if (value == null) {
      throw new IllegalArgumentException(
          "Script: %s.%s is %s, but must be %s".formatted(where, key, node.get(key), allowed));
    }
    return value;
  }

  /** The known name with the fewest edits. */
  static String nearest(String name, List<String> known) {
    String best = known.get(0);
    int fewest = Integer.MAX_VALUE;
    for (String candidate : known) {
      int edits = edits(name, candidate);
      if (edits < fewest) {
        fewest = edits;
        best = candidate;
      }
    }
    return best;
  }

  private static int edits(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same =
            Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
        row[j] = Math.min(previous[j - 1] + (same ? 0 : 1), 1 + Math.min(previous[j], row[j - 1]));
      }
      previous = row;
    }
    return previous[b.length()];
  }
}

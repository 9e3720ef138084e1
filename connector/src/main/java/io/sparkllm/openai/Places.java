package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;

/** Brings the elements of a reply's list to the rows that they answer. */
final class Places {
  private Places() {}

  /**
   * The elements in the order of the rows: by their {@code index} where any tells it, else as they
   * stand.
   *
   * @param list what should be a list
   * @param rows how many rows were asked
   * @return null at the place of a row of which nothing is told, or two different things; null as a
   *     whole where nothing can be aligned
   */
  static List<JsonNode> of(JsonNode list, int rows) {
    if (!list.isArray()) {
      return null;
    }
    boolean told =
        StreamSupport.stream(list.spliterator(), false)
            .anyMatch(element -> element.path("index").isIntegralNumber());
    return told ? byIndex(list, rows) : byPosition(list, rows);
  }

  private static List<JsonNode> byPosition(JsonNode list, int rows) {
    return list.size() == rows ? StreamSupport.stream(list.spliterator(), false).toList() : null;
  }

  private static List<JsonNode> byIndex(JsonNode list, int rows) {
    JsonNode[] placed = new JsonNode[rows];
    boolean[] unclear = new boolean[rows];
    boolean beyond = false;
    for (JsonNode element : list) {
      JsonNode index = element.path("index");
      if (!index.isIntegralNumber()) {
        continue;
      }
      int place = index.canConvertToInt() ? index.intValue() : rows;
      if (place < 0 || place >= rows) {
        beyond = true;
      } else {
        unclear[place] |= placed[place] != null && !placed[place].equals(element);
        placed[place] = element;
      }
    }
    if (beyond && placed[0] == null) {
      // Looks counted from 1: every answer would go to its neighbour.
      return null;
    }
    for (int i = 0; i < rows; i++) {
      placed[i] = unclear[i] ? null : placed[i];
    }
    return Arrays.asList(placed);
  }
}

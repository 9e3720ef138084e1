package io.sparkllm.local;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The parameters of a query string; of a repeated one the last counts. Immutable. */
final class Query {
  private final Map<String, String> values = new HashMap<>();

  Query(Call call) {
    for (String pair : call.query().split("&", -1)) {
      int mark = pair.indexOf('=');
      if (mark > 0) {
        values.put(decoded(pair.substring(0, mark)), decoded(pair.substring(mark + 1)));
      }
    }
  }

  /** The parameter, or null. */
  String text(String name) {
    return values.get(name);
  }

  /**
   * A whole number.
   *
   * @throws ApiException 400 when it is none, or out of range
   */
  int whole(String name, int otherwise, int least, int most) {
    String text = values.get(name);
    if (text == null) {
      return otherwise;
    }
    long value;
    try {
      value = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw ApiError.wrongType(name, "an integer", "a string").exception();
    }
    if (value < least || value > most) {
      boolean below = value < least;
      throw ApiError.invalid(
              below ? "integer_below_min_value" : "integer_above_max_value",
              name,
              "Invalid '%s': integer %s value. Expected a value %s %d, but got %d instead."
                  .formatted(
                      name,
                      below ? "below minimum" : "above maximum",
                      below ? ">=" : "<=",
                      below ? least : most,
                      value))
          .exception();
    }
    return (int) value;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}

package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Reads one rule of the script's {@code faults}. */
final class FaultReader {
  private static final long DAY_MS = 86_400_000;

  private FaultReader() {}

  static Fault read(JsonNode node, String where, FaultPlace place) {
    StrictObject rule = new StrictObject(node, where, place.keys());
    if (!rule.has("kind") && !rule.has("status")) {
      throw new IllegalArgumentException("Script: " + where + " needs 'kind' or 'status'");
    }
    FaultKind kind = kind(rule, place);
    if (kind == FaultKind.JSON && !rule.has("body")) {
      throw new IllegalArgumentException("Script: " + where + " of kind json needs 'body'");
    }
    return new Fault(
        when(rule),
        kind,
        (int) rule.whole("status", 0, 200, 599),
        rule.text("type", null),
        rule.text("code", null),
        rule.text("param", null),
        rule.text("message", null),
        rule.node("body"),
        headers(rule, where),
        new Fault.Hint(
            rule.number("retryAfter", kind == FaultKind.THROTTLE ? 1 : -1, 0, 1e6),
            rule.constant("retryAfterForm", RetryAfter.class, RetryAfter.SECONDS)),
        new Fault.Timing(
            rule.whole("latencyMs", -1, 0, DAY_MS),
            rule.whole("stallMs", 600_000, 1, DAY_MS),
            (int) rule.whole("chunkBytes", 16, 1, 1 << 20),
            rule.whole("chunkDelayMs", 100, 1, DAY_MS)));
  }

  private static FaultKind kind(StrictObject rule, FaultPlace place) {
    String kind = rule.choice("kind", FaultKind.STATUS.key(), place.kinds());
    return FaultKind.valueOf(kind.toUpperCase(Locale.ROOT));
  }

  private static Fault.When when(StrictObject rule) {
    return new Fault.When(
        rule.number("ratio", 1, 0, 1),
        rule.whole("after", 1, 1, Long.MAX_VALUE),
        rule.whole("first", Long.MAX_VALUE, 1, Long.MAX_VALUE),
        rule.text("contains", null),
        rule.text("path", null),
        rule.choice("call", null, StoreCall.keys()),
        (int) rule.whole("times", Integer.MAX_VALUE, 1, Integer.MAX_VALUE),
        (int) rule.whole("minItems", 0, 1, Integer.MAX_VALUE),
        rule.whole("minBytes", 0, 1, Long.MAX_VALUE),
        (int) rule.whole("index", -1, 0, Integer.MAX_VALUE));
  }

  private static Map<String, String> headers(StrictObject rule, String where) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (rule.has("shouldRetry")) {
      headers.put("x-should-retry", Boolean.toString(rule.flag("shouldRetry", true)));
    }
    JsonNode given = rule.node("headers");
    if (given != null) {
      if (!given.isObject()) {
        throw new IllegalArgumentException(
            "Script: " + where + ".headers must be an object, but is " + Json.describe(given));
      }
      given.properties().forEach(e -> headers.put(e.getKey(), e.getValue().asText()));
    }
    return Map.copyOf(headers);
  }
}

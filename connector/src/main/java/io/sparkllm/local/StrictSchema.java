package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The rules of {@code strict: true} (structured-outputs guide): the root is an object, every object
 * forbids additional properties and requires all of its own.
 */
final class StrictSchema {
  private final String name;
  private final String param;

  private StrictSchema(String name, String param) {
    this.name = name;
    this.param = param;
  }

  static void check(JsonNode schema, String name, String param) {
    StrictSchema strict = new StrictSchema(name, param);
    if (!"object".equals(schema.path("type").asText()) && !schema.has("$ref")) {
      throw strict.refused("", "schema must be a JSON Schema of 'type: \"object\"'.");
    }
    strict.check(schema, "");
  }

  private void check(JsonNode schema, String context) {
    if (schema.has("properties") || "object".equals(schema.path("type").asText())) {
      checkObject(schema, context);
    }
    schema
        .path("properties")
        .properties()
        .forEach(p -> check(p.getValue(), within(context, "'properties', '" + p.getKey() + "'")));
    if (schema.path("items").isObject()) {
      check(schema.get("items"), within(context, "'items'"));
    }
    int i = 0;
    for (JsonNode branch : schema.path("anyOf")) {
      check(branch, within(context, "'anyOf', '" + i++ + "'"));
    }
    for (Map.Entry<String, JsonNode> definition : schema.path("$defs").properties()) {
      check(definition.getValue(), within(context, "'$defs', '" + definition.getKey() + "'"));
    }
  }

  private void checkObject(JsonNode schema, String context) {
    JsonNode additional = schema.get("additionalProperties");
    if (additional == null || !additional.isBoolean() || additional.booleanValue()) {
      throw refused(context, "'additionalProperties' is required to be supplied and to be false.");
    }
    Set<String> required = new HashSet<>();
    schema.path("required").forEach(r -> required.add(r.asText()));
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      if (!required.contains(property.getKey())) {
        throw refused(
            context,
            "'required' is required to be supplied and to be an array including every key in"
                + " properties. Missing '"
                + property.getKey()
                + "'.");
      }
    }
  }

  private ApiException refused(String context, String what) {
    return ApiError.invalid(
            null,
            param,
            "Invalid schema for response_format '%s': In context=(%s), %s"
                .formatted(name, context, what))
        .exception();
  }

  private static String within(String context, String step) {
    return context.isEmpty() ? step : context + ", " + step;
  }
}

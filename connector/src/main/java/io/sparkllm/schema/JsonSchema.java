package io.sparkllm.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.config.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a JSON Schema: objects, lists, enums and the scalar types, each of which may be null. What
 * says more than a type can is refused, or sent as it is.
 */
final class JsonSchema {
  /** Alternatives and references have no type in Spark. */
  private static final List<String> REFUSED =
      List.of(
          "$ref",
          "$dynamicRef",
          "allOf",
          "anyOf",
          "oneOf",
          "not",
          "if",
          "patternProperties",
          "prefixItems");

  /** What strict mode knows, and the service keeps to. */
  private static final List<String> SENT =
      List.of(
          "pattern",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          "minItems",
          "maxItems");

  private static final String NULL = "null";

  private JsonSchema() {}

  static Struct read(JsonNode root) {
    if (part(root, "").field(false).shape() instanceof Struct struct) {
      return struct;
    }
    throw Refused.at("", "is no object", "put what you ask for into properties of an object");
  }

  /** A schema at a place, and whether it allows null. */
  private record Part(Shape shape, boolean nullable, String description) {
    Field field(boolean optional) {
      boolean takes = nullable || optional;
      return new Field(shape, description, takes, takes, optional);
    }
  }

  private static Part part(JsonNode schema, String at) {
    if (!schema.isObject()) {
      throw Refused.at(at, "is no schema", "write an object with a type there");
    }
    JsonNode other = otherThanNull(schema);
    if (other != null) {
      Part part = part(other, at);
      String description = text(schema, "description");
      return new Part(part.shape(), true, description == null ? part.description() : description);
    }
    for (String keyword : REFUSED) {
      if (schema.has(keyword)) {
        throw Refused.at(
            at, "holds " + keyword + ", which has no type in Spark", "write the schema out");
      }
    }
    List<JsonNode> values = values(schema);
    Set<String> types = types(schema, values, at);
    boolean nullable = types.remove(NULL);
    values.removeIf(JsonNode::isNull);
    if (types.size() != 1) {
      throw Refused.at(
          at, types.isEmpty() ? "has no type" : "has the types " + types, "name one type");
    }
    Shape shape = shape(types.iterator().next(), schema, at);
    ObjectNode further = further(schema, shape);
    if (!values.isEmpty() || !further.isEmpty()) {
      checkValues(values, shape, at);
      shape = new Restricted(shape, values, further);
    }
    return new Part(shape, nullable, text(schema, "description"));
  }

  /** The one alternative beside null, as tools write what may be null; null for none such. */
  private static JsonNode otherThanNull(JsonNode schema) {
    for (String union : List.of("anyOf", "oneOf")) {
      JsonNode branches = schema.path(union);
      if (branches.size() == 2) {
        for (int i = 0; i < 2; i++) {
          if (NULL.equals(text(branches.get(i), "type"))) {
            return branches.get(1 - i);
          }
        }
      }
    }
    return null;
  }

  private static List<JsonNode> values(JsonNode schema) {
    List<JsonNode> values = new ArrayList<>();
    schema.path("enum").forEach(values::add);
    if (schema.has("const")) {
      values.add(schema.get("const"));
    }
    return values;
  }

  /** The types that are named, or those of the values. */
  private static Set<String> types(JsonNode schema, List<JsonNode> values, String at) {
    Set<String> types = new HashSet<>();
    JsonNode type = schema.path("type");
    if (type.isTextual()) {
      types.add(type.textValue());
    } else if (type.isArray()) {
      type.forEach(name -> types.add(name.asText()));
    } else if (!type.isMissingNode()) {
      throw Refused.at(at, "has a type that is no name", "name one type");
    } else if (schema.has("properties")) {
      types.add("object");
    } else {
      for (JsonNode value : values) {
        types.add(
            switch (value.getNodeType()) {
              case STRING -> "string";
              case BOOLEAN -> "boolean";
              case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
              default -> NULL;
            });
      }
    }
    if (schema.path("nullable").asBoolean() || values.stream().anyMatch(JsonNode::isNull)) {
      types.add(NULL);
    }
    return types;
  }

  private static Shape shape(String type, JsonNode schema, String at) {
    return switch (type) {
      case "object" -> object(schema, at);
      case "array" -> new Items(part(schema.path("items"), at + "[]").field(false));
      case "string" -> string(schema);
      case "integer" -> Numbers.Whole.ofLong();
      case "number" -> Numbers.Floating.ofDouble();
      case "boolean" -> new Scalars.Truth();
      default ->
          throw Refused.at(
              at,
              "has the type " + type,
              "allowed: object, array, string, integer, number, boolean, null");
    };
  }

  private static Shape string(JsonNode schema) {
    return switch (schema.path("format").asText()) {
      case "date" -> new Times.Day();
      case "date-time" -> new Times.Moment();
      default -> new Scalars.Text(schema.path("maxLength").asInt(Integer.MAX_VALUE));
    };
  }

  private static Shape object(JsonNode schema, String at) {
    JsonNode further = schema.path("additionalProperties");
    if (further.isObject()) {
      if (schema.has("properties")) {
        throw Refused.at(
            at,
            "has both properties and additionalProperties",
            "put the additional ones into a property of their own");
      }
      return new Entries(part(further, at + "{}").field(false));
    }
    Set<String> required = new HashSet<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    Map<String, Field> fields = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> e : schema.path("properties").properties()) {
      fields.put(
          e.getKey(),
          part(e.getValue(), Refused.within(at, e.getKey())).field(!required.contains(e.getKey())));
    }
    return new Struct(fields, at);
  }

  private static ObjectNode further(JsonNode schema, Shape shape) {
    ObjectNode further = Json.MAPPER.createObjectNode();
    for (String keyword : SENT) {
      if (schema.has(keyword)) {
        further.set(keyword, schema.get(keyword));
      }
    }
    if (shape instanceof Scalars.Text && schema.has("format")) {
      further.set("format", schema.get("format"));
    }
    return further;
  }

  private static void checkValues(List<JsonNode> values, Shape shape, String at) {
    for (JsonNode value : values) {
      try {
        shape.read(value, RowTimes.UTC);
      } catch (SchemaMismatchException e) {
        throw Refused.at(at, "has the value " + value + " of another type", "take it out of enum");
      }
    }
  }

  private static String text(JsonNode schema, String keyword) {
    return schema.path(keyword).isTextual() ? schema.get(keyword).textValue() : null;
  }
}

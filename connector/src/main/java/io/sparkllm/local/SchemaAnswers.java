package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a JSON value that satisfies a schema and is as sensible as rules can be: choices by the
 * label rules, the rest from the text by the property's name.
 */
final class SchemaAnswers {
  // Deeper than any sane schema; recursive ones end here.
  private static final int MAX_DEPTH = 12;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final JsonNode root;
  private final Task task;
  private final SchemaScalars scalars;

  SchemaAnswers(JsonNode root, Task task) {
    this.root = root;
    this.task = task;
    this.scalars = new SchemaScalars(task);
  }

  JsonNode answer() {
    return value(root, "answer", 0);
  }

  private JsonNode value(JsonNode given, String name, int depth) {
    JsonNode schema = resolved(given);
    if (schema.has("const")) {
      return schema.get("const");
    }
    if (schema.path("enum").isArray() && !schema.get("enum").isEmpty()) {
      return choice(schema.get("enum"));
    }
    for (String union : List.of("anyOf", "oneOf")) {
      if (schema.path(union).isArray() && !schema.get(union).isEmpty()) {
        return fromUnion(schema.get(union), name, depth);
      }
    }
    if (schema.path("allOf").isArray() && !schema.get("allOf").isEmpty()) {
      return value(merged(schema), name, depth);
    }
    boolean nullable = types(schema).contains("null");
    return switch (mainType(schema)) {
      case "object" -> depth > MAX_DEPTH && nullable ? NODES.nullNode() : object(schema, depth);
      case "array" -> array(schema, name, depth);
      case "null" -> NODES.nullNode();
      default -> scalars.value(mainType(schema), schema, name, nullable);
    };
  }

  private JsonNode choice(JsonNode options) {
    List<String> labels = new ArrayList<>();
    for (JsonNode option : options) {
      if (option.isTextual()) {
        labels.add(option.textValue());
      }
    }
    return labels.isEmpty()
        ? options.get(0)
        : NODES.textNode(LabelChoice.choose(labels, task.text()));
  }

  /** The first branch with something to say; null if that is a branch and nothing was found. */
  private JsonNode fromUnion(JsonNode branches, String name, int depth) {
    boolean nullable = false;
    for (JsonNode branch : branches) {
      nullable |= types(resolved(branch)).contains("null");
    }
    for (JsonNode branch : branches) {
      JsonNode schema = resolved(branch);
      if (mainType(schema).equals("null") || (nullable && depth > MAX_DEPTH)) {
        continue;
      }
      if (nullable && SchemaScalars.isScalar(mainType(schema)) && !schema.has("enum")) {
        return scalars.value(mainType(schema), schema, name, true);
      }
      return value(schema, name, depth + 1);
    }
    return NODES.nullNode();
  }

  private ObjectNode object(JsonNode schema, int depth) {
    ObjectNode object = Json.object();
    if (depth <= MAX_DEPTH) {
      schema
          .path("properties")
          .properties()
          .forEach(p -> object.set(p.getKey(), value(p.getValue(), p.getKey(), depth + 1)));
    }
    for (JsonNode required : schema.path("required")) {
      if (!object.has(required.asText())) {
        JsonNode property = schema.path("properties").path(required.asText());
        object.set(
            required.asText(),
            property.isMissingNode() || depth > MAX_DEPTH
                ? NODES.textNode("")
                : value(property, required.asText(), depth + 1));
      }
    }
    return object;
  }

  private ArrayNode array(JsonNode schema, String name, int depth) {
    ArrayNode array = NODES.arrayNode();
    JsonNode items = resolved(schema.path("items"));
    int least = schema.path("minItems").asInt(0);
    int most = schema.path("maxItems").asInt(Math.max(least, 3));
    if (mainType(items).equals("string") && !items.has("enum")) {
      scalars.strings(name, most).forEach(array::add);
    } else if (most > 0 && depth <= MAX_DEPTH) {
      array.add(value(items, name, depth + 1));
    }
    while (array.size() < least) {
      array.add(value(items, name, depth + 1));
    }
    return array;
  }

  private JsonNode resolved(JsonNode schema) {
    JsonNode resolved = schema;
    for (int hops = 0; hops < MAX_DEPTH && resolved.path("$ref").isTextual(); hops++) {
      String reference = resolved.get("$ref").textValue();
      resolved = reference.startsWith("#") ? root.at(reference.substring(1)) : NullNode.instance;
    }
    return resolved;
  }

  private JsonNode merged(JsonNode schema) {
    ObjectNode merged = schema.deepCopy();
    merged.remove("allOf");
    for (JsonNode part : schema.get("allOf")) {
      if (resolved(part) instanceof ObjectNode object) {
        object
            .properties()
            .forEach(
                field -> {
                  if (field.getKey().equals("properties")
                      && merged.get("properties") instanceof ObjectNode properties) {
                    properties.setAll((ObjectNode) field.getValue());
                  } else if (field.getKey().equals("required")
                      && merged.get("required") instanceof ArrayNode required) {
                    field.getValue().forEach(required::add);
                  } else {
                    merged.set(field.getKey(), field.getValue().deepCopy());
                  }
                });
      }
    }
    return merged;
  }

  private static List<String> types(JsonNode schema) {
    List<String> types = new ArrayList<>();
    JsonNode type = schema.path("type");
    if (type.isArray()) {
      type.forEach(t -> types.add(t.asText()));
    } else if (type.isTextual()) {
      types.add(type.asText());
    }
    return types;
  }

  private static String mainType(JsonNode schema) {
    for (String type : types(schema)) {
      if (!type.equals("null")) {
        return type;
      }
    }
    if (types(schema).contains("null")) {
      return "null";
    }
    return schema.has("properties") ? "object" : schema.has("items") ? "array" : "string";
  }
}

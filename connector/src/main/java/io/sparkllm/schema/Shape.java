package io.sparkllm.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.config.Json;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataType;

/**
 * One type of a typed answer: the type of its column, its JSON Schema and the reading of its
 * values. Immutable.
 */
abstract class Shape {
  static final String OUT_OF_RANGE = "out_of_range";
  static final String WRONG_FORMAT = "wrong_format";

  /** The type in the response column. */
  abstract DataType type();

  /** The type in the JSON Schema. */
  abstract String jsonType();

  /** What the model should know and JSON Schema has no keyword for; null for nothing. */
  String hint() {
    return null;
  }

  /** Adds what JSON Schema says of such values beside type and description. */
  void describe(ObjectNode schema, boolean nullable) {}

  /**
   * The value for Spark.
   *
   * @param node anything but null
   * @throws SchemaMismatchException where it cannot be had exactly
   */
  abstract Object read(JsonNode node, RowTimes times);

  /** The JSON Schema of a place where such a value stands. */
  final ObjectNode schema(String comment, boolean nullable) {
    ObjectNode schema = Json.MAPPER.createObjectNode();
    if (nullable) {
      schema.putArray("type").add(jsonType()).add("null");
    } else {
      schema.put("type", jsonType());
    }
    String description =
        Stream.of(comment, hint()).filter(Objects::nonNull).collect(Collectors.joining("; "));
    if (!description.isEmpty()) {
      schema.put("description", description);
    }
    describe(schema, nullable);
    return schema;
  }

  /** The value of a place that may hold null, or may not. */
  final Object read(JsonNode node, boolean nullable, RowTimes times) {
    if (!node.isNull()) {
      return read(node, times);
    }
    if (nullable) {
      return null;
    }
    throw SchemaMismatchException.of("null_value", "is null, which is not allowed there");
  }

  static SchemaMismatchException wrongType(JsonNode node, String wanted) {
    return SchemaMismatchException.of("wrong_type", "is " + kind(node) + ", not " + wanted);
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      default -> "null";
    };
  }
}

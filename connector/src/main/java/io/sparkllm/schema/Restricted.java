package io.sparkllm.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataType;

/**
 * A type of a JSON Schema that says more: which values there are, and what the service keeps to.
 */
final class Restricted extends Shape {
  private final Shape shape;
  private final List<JsonNode> values;
  private final ObjectNode further;

  /**
   * Restricts a type.
   *
   * @param values the values that are allowed; empty for all
   * @param further keywords that are sent as they are
   */
  Restricted(Shape shape, List<JsonNode> values, ObjectNode further) {
    this.shape = shape;
    this.values = List.copyOf(values);
    this.further = further;
  }

  @Override
  DataType type() {
    return shape.type();
  }

  @Override
  String jsonType() {
    return shape.jsonType();
  }

  @Override
  String hint() {
    return shape.hint();
  }

  @Override
  void describe(ObjectNode schema, boolean nullable) {
    shape.describe(schema, nullable);
    schema.setAll(further.deepCopy());
    if (!values.isEmpty()) {
      ArrayNode allowed = schema.putArray("enum");
      allowed.addAll(values);
      if (nullable) {
        allowed.addNull();
      }
    }
  }

  @Override
  Object read(JsonNode node, RowTimes times) {
    Object value = shape.read(node, times);
    if (!values.isEmpty() && values.stream().noneMatch(allowed -> same(allowed, node))) {
      throw SchemaMismatchException.of(
          "wrong_enum",
          "is none of "
              + values.stream().limit(20).map(JsonNode::asText).collect(Collectors.joining(", ")));
    }
    return value;
  }

  /** Numbers are the same however they are written. */
  private static boolean same(JsonNode allowed, JsonNode node) {
    return (allowed.isNumber() && node.isNumber())
        ? allowed.decimalValue().compareTo(node.decimalValue()) == 0
        : allowed.equals(node);
  }
}

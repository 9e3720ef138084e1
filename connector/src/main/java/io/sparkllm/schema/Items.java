package io.sparkllm.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** A list of values of one type. */
final class Items extends Shape {
  private final Field element;

  Items(Field element) {
    this.element = element;
  }

  @Override
  DataType type() {
    return DataTypes.createArrayType(element.shape().type(), element.takes());
  }

  @Override
  String jsonType() {
    return "array";
  }

  @Override
  void describe(ObjectNode schema, boolean nullable) {
    schema.set("items", element.schema());
  }

  /** A Java array, which Spark takes on every version. */
  @Override
  Object read(JsonNode node, RowTimes times) {
    if (!node.isArray()) {
      throw wrongType(node, "a list");
    }
    Object[] values = new Object[node.size()];
    for (int i = 0; i < values.length; i++) {
      try {
        values[i] = element.read(node.get(i), times);
      } catch (SchemaMismatchException mismatch) {
        throw mismatch.within("[" + i + "]");
      }
    }
    return values;
  }
}

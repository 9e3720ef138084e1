package io.sparkllm.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A place in a struct, a list or a map.
 *
 * @param shape what stands there
 * @param comment what the model is told of it; null for nothing
 * @param asks whether the model may write null
 * @param takes whether null is taken: for the elements of Spark's arrays, which can hardly be
 *     declared without
 * @param optional whether the field may be missing
 */
record Field(Shape shape, String comment, boolean asks, boolean takes, boolean optional) {
  /** One that has to be there. */
  static Field of(Shape shape, String comment, boolean nullable) {
    return new Field(shape, comment, nullable, nullable, false);
  }

  /** One that nobody asks to be null. */
  static Field element(Shape shape, boolean containsNull) {
    return new Field(shape, null, false, containsNull, false);
  }

  ObjectNode schema() {
    return shape.schema(comment, asks);
  }

  Object read(JsonNode node, RowTimes times) {
    return shape.read(node, takes, times);
  }
}

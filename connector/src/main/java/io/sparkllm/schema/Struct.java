package io.sparkllm.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Named fields. */
final class Struct extends Shape {
  private final Map<String, Field> fields;
  private final StructType type;

  /**
   * Takes the fields in their order.
   *
   * @throws IllegalArgumentException where there is none, or two whose names differ in case only
   */
  Struct(Map<String, Field> fields, String at) {
    this.fields = new LinkedHashMap<>(fields);
    this.type =
        new StructType(
            fields.entrySet().stream()
                .map(e -> field(e.getKey(), e.getValue()))
                .toArray(StructField[]::new));
    if (fields.isEmpty()) {
      throw Refused.at(at, "has no fields", "name at least one");
    }
    Map<String, String> seen = new LinkedHashMap<>();
    for (String name : fields.keySet()) {
      String other = seen.put(name.toLowerCase(Locale.ROOT), name);
      if (other != null) {
        throw Refused.at(
            at,
            "has the fields " + other + " and " + name + ", which Spark takes for the same",
            "rename one");
      }
    }
  }

  private static StructField field(String name, Field field) {
    MetadataBuilder metadata = new MetadataBuilder();
    if (field.comment() != null) {
      metadata.putString("comment", field.comment());
    }
    return new StructField(name, field.shape().type(), field.takes(), metadata.build());
  }

  @Override
  StructType type() {
    return type;
  }

  @Override
  String jsonType() {
    return "object";
  }

  @Override
  void describe(ObjectNode schema, boolean nullable) {
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    fields.forEach(
        (name, field) -> {
          properties.set(name, field.schema());
          required.add(name);
        });
    schema.put("additionalProperties", false);
  }

  @Override
  Object read(JsonNode node, RowTimes times) {
    if (!node.isObject()) {
      throw wrongType(node, "an object");
    }
    Object[] values = new Object[fields.size()];
    int i = 0;
    for (Map.Entry<String, Field> e : fields.entrySet()) {
      try {
        values[i++] = value(node.get(e.getKey()), e.getValue(), times);
      } catch (SchemaMismatchException mismatch) {
        throw mismatch.within("." + e.getKey());
      }
    }
    return RowFactory.create(values);
  }

  private static Object value(JsonNode node, Field field, RowTimes times) {
    if (node != null) {
      return field.read(node, times);
    }
    if (field.optional()) {
      return null;
    }
    throw SchemaMismatchException.of("missing_field", "is missing");
  }
}

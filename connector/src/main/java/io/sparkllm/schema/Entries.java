package io.sparkllm.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.JavaConverters;

/**
 * A map from texts. Strict schemas have no keys that are not known before, so the model is asked
 * for a list of keys with their values; an object is read as well.
 */
final class Entries extends Shape {
  private static final String KEY = "key";
  private static final String VALUE = "value";

  private final Field value;

  Entries(Field value) {
    this.value = value;
  }

  @Override
  DataType type() {
    return DataTypes.createMapType(DataTypes.StringType, value.shape().type(), value.takes());
  }

  @Override
  String jsonType() {
    return "array";
  }

  @Override
  String hint() {
    return "a list of keys, each once, with their values";
  }

  @Override
  void describe(ObjectNode schema, boolean nullable) {
    ObjectNode entry = schema.putObject("items").put("type", "object");
    ObjectNode properties = entry.putObject("properties");
    properties.putObject(KEY).put("type", "string");
    properties.set(VALUE, value.schema());
    entry.putArray("required").add(KEY).add(VALUE);
    entry.put("additionalProperties", false);
  }

  /** Spark refuses Java's maps; this converter has one descriptor in Scala 2.12 and 2.13. */
  @Override
  Object read(JsonNode node, RowTimes times) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (node.isObject()) {
      node.properties().forEach(e -> put(map, e.getKey(), e.getValue(), times));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        try {
          entry(map, node.get(i), times);
        } catch (SchemaMismatchException mismatch) {
          throw mismatch.within("[" + i + "]");
        }
      }
    } else {
      throw wrongType(node, "a list of keys with their values");
    }
    return JavaConverters.mapAsScalaMap(map);
  }

  private void entry(Map<String, Object> map, JsonNode entry, RowTimes times) {
    if (!entry.isObject()) {
      throw wrongType(entry, "an object with a key and a value");
    }
    JsonNode key = entry.path(KEY);
    if (!key.isTextual() || !entry.has(VALUE)) {
      throw SchemaMismatchException.of("missing_field", "has no key or no value");
    }
    if (map.containsKey(key.textValue())) {
      throw SchemaMismatchException.of("duplicate_key", "has a key that was there before");
    }
    put(map, key.textValue(), entry.get(VALUE), times);
  }

  private void put(Map<String, Object> map, String key, JsonNode node, RowTimes times) {
    try {
      map.put(key, value.read(node, times));
    } catch (SchemaMismatchException mismatch) {
      throw mismatch.within("." + key);
    }
  }
}

package io.sparkllm.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.sparkllm.config.Json;
import java.math.BigDecimal;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Renders a column's value the way a person would write it: texts as they are, dates and times in
 * ISO 8601 (instants in the session's time zone), decimals without exponent, binary as Base64,
 * structs, arrays and maps as JSON. Thread-safe.
 */
final class ValueRenderer {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** 1900, from where on Spark itself converts nothing between the calendars. */
  private static final long CALENDARS_AGREE = -2_208_988_800_000L;

  private final ZoneId zone;

  ValueRenderer(ZoneId zone) {
    this.zone = zone;
  }

  /** The text of a value inside a prompt; the empty text for null. */
  String text(Object value, DataType type) {
    if (value == null) {
      return "";
    }
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    JsonNode node = json(value, type);
    return node.isTextual() ? node.textValue() : Json.plain(node);
  }

  /** The value as JSON. Values come as Spark's external row objects. */
  JsonNode json(Object value, DataType type) {
    if (value == null) {
      return NODES.nullNode();
    }
    if (type instanceof StructType struct && value instanceof Row row) {
      return struct(row, struct);
    }
    if (type instanceof ArrayType array) {
      ArrayNode node = NODES.arrayNode();
      // A row's own accessors give Java views of Scala's collections on every Scala version.
      for (Object element : RowFactory.create(value).getList(0)) {
        node.add(json(element, array.elementType()));
      }
      return node;
    }
    if (type instanceof MapType map) {
      ObjectNode node = NODES.objectNode();
      for (Map.Entry<?, ?> e : RowFactory.create(value).getJavaMap(0).entrySet()) {
        node.set(text(e.getKey(), map.keyType()), json(e.getValue(), map.valueType()));
      }
      return node;
    }
    return scalar(value);
  }

  private ObjectNode struct(Row row, StructType type) {
    ObjectNode node = NODES.objectNode();
    StructField[] fields = type.fields();
    for (int i = 0; i < fields.length; i++) {
      node.set(fields[i].name(), json(row.get(i), fields[i].dataType()));
    }
    return node;
  }

  private JsonNode scalar(Object value) {
    if (value instanceof Boolean b) {
      return NODES.booleanNode(b);
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return NODES.numberNode(((Number) value).intValue());
    }
    if (value instanceof Long l) {
      return NODES.numberNode(l);
    }
    if (value instanceof BigDecimal d) {
      // A DecimalNode would write 1E-8.
      return NODES.rawValueNode(new RawValue(d.toPlainString()));
    }
    if (value instanceof Double d) {
      return Double.isFinite(d) ? NODES.numberNode(d) : NODES.textNode(d.toString());
    }
    if (value instanceof Float f) {
      return Float.isFinite(f) ? NODES.numberNode(f) : NODES.textNode(f.toString());
    }
    if (value instanceof byte[] bytes) {
      return NODES.textNode(Base64.getEncoder().encodeToString(bytes));
    }
    if (value instanceof Timestamp timestamp) {
      return instant(instantOf(timestamp));
    }
    if (value instanceof Instant instant) {
      return instant(instant);
    }
    if (value instanceof Date date) {
      return NODES.textNode(date.toLocalDate().toString());
    }
    if (value instanceof LocalDateTime local) {
      // Its own text leaves out seconds that are zero.
      return NODES.textNode(DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(local));
    }
    // java.time values, intervals, user-defined types: their own text is ISO 8601 or the best there
    // is.
    return NODES.textNode(value.toString());
  }

  /**
   * Long ago the old class counts in another calendar, so that its instant is days off; its fields
   * are right.
   */
  private static Instant instantOf(Timestamp timestamp) {
    return timestamp.getTime() >= CALENDARS_AGREE
        ? timestamp.toInstant()
        : timestamp.toLocalDateTime().atZone(ZoneId.systemDefault()).toInstant();
  }

  private JsonNode instant(Instant instant) {
    return NODES.textNode(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(instant.atZone(zone)));
  }
}

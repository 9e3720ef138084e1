package io.sparkllm.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.config.Json;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * What answers have to hold: the type of the response column, the strict JSON Schema that is sent,
 * and the reading of answers. Immutable.
 */
public final class AnswerSchema {
  /** Decimals keep their digits. */
  private static final ObjectReader ANSWERS =
      Json.MAPPER
          .reader()
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final String FENCE = "```";

  private final Struct root;

  private AnswerSchema(Struct root) {
    this.root = root;
  }

  /**
   * Reads the option {@code returns}.
   *
   * @param text Spark's DDL, a StructType as JSON, or a JSON Schema
   * @return the schema
   * @throws IllegalArgumentException naming field, type and cure
   */
  public static AnswerSchema parse(String text) {
    if (!text.strip().startsWith("{")) {
      return ofSpark(ddl(text));
    }
    ObjectNode json;
    try {
      json = Json.object(text);
    } catch (IllegalArgumentException e) {
      throw Refused.at("", "is no valid JSON", "close what is open, or write Spark's DDL");
    }
    return json.path("fields").isArray()
        ? ofSpark(struct(text))
        : new AnswerSchema(JsonSchema.read(json));
  }

  private static AnswerSchema ofSpark(DataType type) {
    if (type instanceof StructType struct) {
      return new AnswerSchema(SparkSchema.read(struct, ""));
    }
    throw Refused.at(
        "", "is of type " + type.simpleString(), "name fields, such as 'label STRING'");
  }

  private static DataType ddl(String text) {
    try {
      return DataType.fromDDL(text);
    } catch (Exception e) {
      // Spark's own is a checked one, which Scala does not declare.
      throw unreadable(e);
    }
  }

  private static DataType struct(String json) {
    try {
      return DataType.fromJson(json);
    } catch (RuntimeException e) {
      throw unreadable(e);
    }
  }

  private static IllegalArgumentException unreadable(Throwable e) {
    String said =
        String.valueOf(e.getMessage()).strip().lines().findFirst().orElse(e.getClass().getName());
    return Refused.at(
        "",
        "cannot be read (" + said + ")",
        "write Spark's DDL such as 'label STRING, score DOUBLE', a StructType as JSON, or a JSON"
            + " Schema");
  }

  /**
   * The type of the response column.
   *
   * @return a struct
   */
  public StructType type() {
    return root.type();
  }

  /**
   * What is sent as the schema of an answer.
   *
   * @return JSON Schema as {@code strict} wants it: each property required, none beside them
   */
  public String json() {
    return root.schema(null, false).toString();
  }

  /**
   * The value of an answer. A Markdown fence around it is passed over, and so are fields that the
   * schema does not have.
   *
   * @param text what the model wrote
   * @param times how dates and times stand in rows
   * @return a row of {@link #type()}
   * @throws SchemaMismatchException where the answer does not fit
   */
  public Row read(String text, RowTimes times) {
    JsonNode json;
    try {
      json = ANSWERS.readTree(withoutFence(text.strip()));
    } catch (JsonProcessingException e) {
      throw SchemaMismatchException.of("not_json", "is no JSON, or has something around it");
    }
    if (json.isMissingNode()) {
      throw SchemaMismatchException.of("not_json", "is empty");
    }
    return (Row) root.read(json, false, times);
  }

  private static String withoutFence(String text) {
    int line = text.indexOf('\n');
    return text.startsWith(FENCE) && text.endsWith(FENCE) && line > 0 && line < text.length() - 3
        ? text.substring(line + 1, text.length() - FENCE.length())
        : text;
  }
}

package io.sparkllm.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.config.Options;
import io.sparkllm.openai.Vectors;
import io.sparkllm.schema.AnswerSchema;
import io.sparkllm.schema.RowTimes;
import io.sparkllm.schema.SchemaMismatchException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;

/**
 * What stands in the response column for an answer, whose text the ledger keeps: the text itself, a
 * vector, what moderations say, or the struct of a schema.
 */
interface AnswerValue {
  /** The type of the column. */
  DataType type();

  /** The value; null where the text is not what such answers are, as in a damaged ledger. */
  Object of(String text);

  /** What the options ask for. */
  static AnswerValue of(LlmOptions options, RowTimes times) {
    AnswerSchema schema = options.answerSchema();
    if (schema != null) {
      return new Typed(schema, times);
    }
    return switch (options.get(Options.API)) {
      case CHAT, RESPONSES -> Plain.TEXT;
      case EMBEDDINGS -> Plain.VECTOR;
      case MODERATIONS -> Plain.MODERATION;
    };
  }

  /**
   * A struct.
   *
   * @param schema what it holds
   * @param times how dates and times stand in rows
   */
  record Typed(AnswerSchema schema, RowTimes times) implements AnswerValue {
    @Override
    public DataType type() {
      return schema.type();
    }

    @Override
    public Object of(String text) {
      try {
        return schema.read(text, times);
      } catch (SchemaMismatchException e) {
        return null;
      }
    }
  }

  /** The types of the APIs. */
  enum Plain implements AnswerValue {
    TEXT,
    VECTOR,
    MODERATION;

    @Override
    public DataType type() {
      return switch (this) {
        case TEXT -> DataTypes.StringType;
        case VECTOR -> DataTypes.createArrayType(DataTypes.FloatType);
        case MODERATION ->
            new StructType()
                .add("flagged", DataTypes.BooleanType)
                .add("categories", map(DataTypes.BooleanType))
                .add("scores", map(DataTypes.DoubleType));
      };
    }

    @Override
    public Object of(String text) {
      return switch (this) {
        case TEXT -> text;
        // Every version of Spark takes float[] as an array, and without a box for each number.
        case VECTOR -> Vectors.parse(text);
        case MODERATION -> moderation(text);
      };
    }

    private static Object moderation(String text) {
      JsonNode said;
      try {
        said = Json.parse(text);
      } catch (JsonProcessingException e) {
        return null;
      }
      return said.path("flagged").isBoolean()
          ? RowFactory.create(
              said.get("flagged").booleanValue(),
              entries(said.path("categories"), JsonNode::booleanValue),
              entries(said.path("scores"), JsonNode::doubleValue))
          : null;
    }

    private static DataType map(DataType values) {
      return DataTypes.createMapType(DataTypes.StringType, values);
    }

    /**
     * A map that Spark takes: it refuses Java's. This converter is the one that has the same
     * descriptor in Scala 2.12 and 2.13.
     */
    private static <V> Object entries(JsonNode object, Function<JsonNode, V> value) {
      Map<String, V> map = new LinkedHashMap<>();
      object.properties().forEach(e -> map.put(e.getKey(), value.apply(e.getValue())));
      return JavaConverters.mapAsScalaMap(map);
    }
  }
}

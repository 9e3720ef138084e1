package io.sparkllm.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Texts, booleans and bytes. */
final class Scalars {
  private Scalars() {}

  /** The text of a value, for types that JSON carries as texts. */
  static String text(JsonNode node, String wanted) {
    if (!node.isTextual()) {
      throw Shape.wrongType(node, wanted);
    }
    return node.textValue();
  }

  /** A text of any length, or of so many characters at most. */
  static final class Text extends Shape {
    private final int most;

    Text(int most) {
      this.most = most;
    }

    @Override
    DataType type() {
      return DataTypes.StringType;
    }

    @Override
    String jsonType() {
      return "string";
    }

    @Override
    String hint() {
      return most == Integer.MAX_VALUE ? null : "at most " + most + " characters";
    }

    @Override
    Object read(JsonNode node, RowTimes times) {
      String text = text(node, "a text");
      if (text.length() > most && text.codePointCount(0, text.length()) > most) {
        throw SchemaMismatchException.of("too_long", "has more than " + most + " characters");
      }
      return text;
    }
  }

  /** True or false. */
  static final class Truth extends Shape {
    @Override
    DataType type() {
      return DataTypes.BooleanType;
    }

    @Override
    String jsonType() {
      return "boolean";
    }

    @Override
    Object read(JsonNode node, RowTimes times) {
      if (!node.isBoolean()) {
        throw wrongType(node, "true or false");
      }
      return node.booleanValue();
    }
  }

  /** Bytes, as Base64. */
  static final class Bytes extends Shape {
    @Override
    DataType type() {
      return DataTypes.BinaryType;
    }

    @Override
    String jsonType() {
      return "string";
    }

    @Override
    String hint() {
      return "Base64";
    }

    @Override
    Object read(JsonNode node, RowTimes times) {
      try {
        return Base64.getDecoder().decode(text(node, "a text in Base64"));
      } catch (IllegalArgumentException e) {
        throw SchemaMismatchException.of(WRONG_FORMAT, "is no Base64");
      }
    }
  }
}

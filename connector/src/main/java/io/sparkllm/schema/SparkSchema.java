package io.sparkllm.schema;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.CharType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.VarcharType;

/** Reads a schema of Spark's. */
final class SparkSchema {
  /** Where Spark keeps a type with char or varchar in it. */
  private static final String RAW_TYPE = "__CHAR_VARCHAR_TYPE_STRING";

  private static final String COMMENT = "comment";

  private SparkSchema() {}

  static Struct read(StructType struct, String at) {
    Map<String, Field> fields = new LinkedHashMap<>();
    for (StructField field : struct.fields()) {
      String place = Refused.within(at, field.name());
      Metadata metadata = field.metadata();
      Shape shape =
          shape(
              metadata.contains(RAW_TYPE)
                  ? DataType.fromDDL(metadata.getString(RAW_TYPE))
                  : field.dataType(),
              place);
      String comment = metadata.contains(COMMENT) ? metadata.getString(COMMENT) : null;
      if (fields.put(field.name(), Field.of(shape, comment, field.nullable())) != null) {
        throw Refused.at(place, "is there twice", "rename one");
      }
    }
    return new Struct(fields, at);
  }

  private static Shape shape(DataType type, String at) {
    if (type instanceof StructType struct) {
      return read(struct, at);
    }
    if (type instanceof ArrayType array) {
      return new Items(Field.element(shape(array.elementType(), at + "[]"), array.containsNull()));
    }
    if (type instanceof MapType map) {
      if (!(map.keyType() instanceof StringType)) {
        throw refused(at, type, "use MAP<STRING, …>, or an ARRAY of STRUCT<key, value>");
      }
      return new Entries(Field.element(shape(map.valueType(), at + "{}"), map.valueContainsNull()));
    }
    if (type instanceof CharType text) {
      return new Scalars.Text(text.length());
    }
    if (type instanceof VarcharType text) {
      return new Scalars.Text(text.length());
    }
    if (type instanceof StringType) {
      return new Scalars.Text(Integer.MAX_VALUE);
    }
    if (type instanceof DecimalType decimal) {
      return new Numbers.Decimal(decimal);
    }
    Shape scalar = scalar(type);
    if (scalar == null) {
      throw refused(at, type, "use STRING and cast it, or another type");
    }
    return scalar;
  }

  private static Shape scalar(DataType type) {
    if (type.equals(DataTypes.BooleanType)) {
      return new Scalars.Truth();
    } else if (type.equals(DataTypes.ByteType)) {
      return Numbers.Whole.ofByte();
    } else if (type.equals(DataTypes.ShortType)) {
      return Numbers.Whole.ofShort();
    } else if (type.equals(DataTypes.IntegerType)) {
      return Numbers.Whole.ofInt();
    } else if (type.equals(DataTypes.LongType)) {
      return Numbers.Whole.ofLong();
    } else if (type.equals(DataTypes.FloatType)) {
      return Numbers.Floating.ofFloat();
    } else if (type.equals(DataTypes.DoubleType)) {
      return Numbers.Floating.ofDouble();
    } else if (type.equals(DataTypes.BinaryType)) {
      return new Scalars.Bytes();
    } else if (type.equals(DataTypes.DateType)) {
      return new Times.Day();
    } else if (type.equals(DataTypes.TimestampType)) {
      return new Times.Moment();
    } else if (type.equals(DataTypes.TimestampNTZType)) {
      return new Times.Local();
    }
    return null;
  }

  private static IllegalArgumentException refused(String at, DataType type, String cure) {
    return Refused.at(at, "is of type " + type.simpleString() + ", which JSON cannot carry", cure);
  }
}

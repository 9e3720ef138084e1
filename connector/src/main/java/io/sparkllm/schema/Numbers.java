package io.sparkllm.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.function.DoubleFunction;
import java.util.function.LongFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;

/** Numbers, which are never cut to fit. */
final class Numbers {
  private Numbers() {}

  private static BigDecimal number(JsonNode node, String wanted, DataType type) {
    if (!node.isNumber()) {
      throw Shape.wrongType(node, wanted);
    }
    if (Double.isInfinite(node.doubleValue())) {
      // Jackson gives up the digits of such numbers.
      throw outOfRange(node, type);
    }
    return node.decimalValue();
  }

  private static SchemaMismatchException outOfRange(JsonNode node, DataType type) {
    String digits = node.asText();
    return SchemaMismatchException.of(
        Shape.OUT_OF_RANGE,
        "is "
            + (digits.length() > 50 ? digits.substring(0, 50) + "…" : digits)
            + ", which "
            + type.sql()
            + " does not hold");
  }

  /** A whole number. */
  static final class Whole extends Shape {
    private final DataType type;
    private final long least;
    private final long most;
    private final LongFunction<Object> box;

    private Whole(DataType type, long least, long most, LongFunction<Object> box) {
      this.type = type;
      this.least = least;
      this.most = most;
      this.box = box;
    }

    static Whole ofByte() {
      return new Whole(DataTypes.ByteType, Byte.MIN_VALUE, Byte.MAX_VALUE, n -> (byte) n);
    }

    static Whole ofShort() {
      return new Whole(DataTypes.ShortType, Short.MIN_VALUE, Short.MAX_VALUE, n -> (short) n);
    }

    static Whole ofInt() {
      return new Whole(DataTypes.IntegerType, Integer.MIN_VALUE, Integer.MAX_VALUE, n -> (int) n);
    }

    static Whole ofLong() {
      return new Whole(DataTypes.LongType, Long.MIN_VALUE, Long.MAX_VALUE, n -> n);
    }

    @Override
    DataType type() {
      return type;
    }

    @Override
    String jsonType() {
      return "integer";
    }

    @Override
    String hint() {
      return most > Short.MAX_VALUE ? null : "from " + least + " to " + most;
    }

    @Override
    Object read(JsonNode node, RowTimes times) {
      BigDecimal number = number(node, "a whole number", type);
      long whole;
      try {
        whole = number.longValueExact();
      } catch (ArithmeticException e) {
        boolean fraction = number.stripTrailingZeros().scale() > 0;
        throw fraction
            ? SchemaMismatchException.of("wrong_type", "is a fraction, not a whole number")
            : outOfRange(node, type);
      }
      if (whole < least || whole > most) {
        throw outOfRange(node, type);
      }
      return box.apply(whole);
    }
  }

  /** A number in binary floating point: the nearest there is, but never infinite. */
  static final class Floating extends Shape {
    private final DataType type;
    private final double most;
    private final DoubleFunction<Object> box;

    private Floating(DataType type, double most, DoubleFunction<Object> box) {
      this.type = type;
      this.most = most;
      this.box = box;
    }

    static Floating ofFloat() {
      return new Floating(DataTypes.FloatType, Float.MAX_VALUE, n -> (float) n);
    }

    static Floating ofDouble() {
      return new Floating(DataTypes.DoubleType, Double.MAX_VALUE, n -> n);
    }

    @Override
    DataType type() {
      return type;
    }

    @Override
    String jsonType() {
      return "number";
    }

    @Override
    Object read(JsonNode node, RowTimes times) {
      double number = number(node, "a number", type).doubleValue();
      if (Math.abs(number) > most) {
        throw outOfRange(node, type);
      }
      return box.apply(number);
    }
  }

  /** A decimal number with all its digits. */
  static final class Decimal extends Shape {
    private final DecimalType type;

    Decimal(DecimalType type) {
      this.type = type;
    }

    @Override
    DataType type() {
      return type;
    }

    @Override
    String jsonType() {
      return "number";
    }

    @Override
    String hint() {
      return "at most "
          + (type.precision() - type.scale())
          + " digits before the point and "
          + type.scale()
          + " behind";
    }

    @Override
    Object read(JsonNode node, RowTimes times) {
      // Compared before it is scaled: 1e999999999 would fill the memory with zeros.
      BigDecimal number = number(node, "a number", type).stripTrailingZeros();
      if (number.scale() > type.scale()
          || (number.signum() != 0
              && (long) number.precision() - number.scale() > type.precision() - type.scale())) {
        throw outOfRange(node, type);
      }
      return number.setScale(type.scale());
    }
  }
}

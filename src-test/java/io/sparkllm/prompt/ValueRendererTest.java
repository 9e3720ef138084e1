package io.sparkllm.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ValueRendererTest {
  private static final StructType ITEM =
      new StructType()
          .add("name", DataTypes.StringType)
          .add("price", DataTypes.createDecimalType(12, 2))
          .add("tags", DataTypes.createArrayType(DataTypes.StringType));

  private final ValueRenderer renderer = new ValueRenderer(ZoneId.of("Europe/Berlin"));

  static Stream<Arguments> scalars() {
    return Stream.of(
        Arguments.of(DataTypes.StringType, "a \"b\"\n{c}", "a \"b\"\n{c}"),
        Arguments.of(DataTypes.StringType, "", ""),
        Arguments.of(DataTypes.BooleanType, true, "true"),
        Arguments.of(DataTypes.ByteType, (byte) -1, "-1"),
        Arguments.of(DataTypes.ShortType, (short) 300, "300"),
        Arguments.of(DataTypes.IntegerType, Integer.MIN_VALUE, "-2147483648"),
        Arguments.of(DataTypes.LongType, Long.MAX_VALUE, "9223372036854775807"),
        Arguments.of(DataTypes.FloatType, 0.1f, "0.1"),
        Arguments.of(DataTypes.FloatType, Float.NaN, "NaN"),
        Arguments.of(DataTypes.DoubleType, 0.1, "0.1"),
        Arguments.of(DataTypes.DoubleType, -0.0, "-0.0"),
        Arguments.of(DataTypes.DoubleType, Double.NaN, "NaN"),
        Arguments.of(DataTypes.DoubleType, Double.NEGATIVE_INFINITY, "-Infinity"),
        Arguments.of(DataTypes.createDecimalType(12, 2), new BigDecimal("1000.00"), "1000.00"),
        Arguments.of(
            DataTypes.createDecimalType(38, 0), new BigDecimal("1E+20"), "1" + "0".repeat(20)),
        Arguments.of(DataTypes.createDecimalType(38, 9), new BigDecimal("1E-9"), "0.000000001"),
        Arguments.of(DataTypes.DateType, Date.valueOf("2024-02-29"), "2024-02-29"),
        Arguments.of(DataTypes.DateType, LocalDate.of(2024, 2, 29), "2024-02-29"),
        Arguments.of(
            DataTypes.TimestampType,
            Timestamp.from(Instant.parse("2024-07-01T10:00:00.5Z")),
            "2024-07-01T12:00:00.5+02:00"),
        Arguments.of(
            DataTypes.TimestampType,
            Instant.parse("2024-01-01T00:00:00Z"),
            "2024-01-01T01:00:00+01:00"),
        Arguments.of(
            DataTypes.TimestampNTZType,
            LocalDateTime.of(2024, 1, 1, 10, 0, 7),
            "2024-01-01T10:00:07"),
        Arguments.of(DataTypes.BinaryType, "hi".getBytes(StandardCharsets.UTF_8), "aGk="),
        Arguments.of(DataTypes.createDayTimeIntervalType(), Duration.ofHours(36), "PT36H"),
        Arguments.of(DataTypes.createYearMonthIntervalType(), Period.of(1, 2, 0), "P1Y2M"),
        Arguments.of(DataTypes.NullType, null, ""));
  }

  @ParameterizedTest
  @MethodSource("scalars")
  void writesScalarsAsAPersonWould(DataType type, Object value, String expected) {
    assertThat(renderer.text(value, type)).isEqualTo(expected);
  }

  /** The value as a row of Spark holds it: Scala's collections of the Spark that runs. */
  private static Object inRow(Object value, DataType type) {
    Object internal = CatalystTypeConverters.createToCatalystConverter(type).apply(value);
    return CatalystTypeConverters.convertToScala(internal, type);
  }

  private String nested(Object value, DataType type) {
    return renderer.text(inRow(value, type), type);
  }

  @Test
  void writesArraysAsJson() {
    DataType type = DataTypes.createArrayType(DataTypes.StringType);

    assertThat(nested(Arrays.asList("a", null, "\"b\""), type))
        .isEqualTo("[\"a\",null,\"\\\"b\\\"\"]");
  }

  @Test
  void writesEmptyArraysAsJson() {
    assertThat(nested(List.of(), DataTypes.createArrayType(DataTypes.LongType))).isEqualTo("[]");
  }

  @Test
  void writesMapsAsJsonWithTextKeys() {
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put(1, true);
    map.put(2, null);

    assertThat(nested(map, DataTypes.createMapType(DataTypes.IntegerType, DataTypes.BooleanType)))
        .isEqualTo("{\"1\":true,\"2\":null}");
  }

  @Test
  void writesStructsAsJsonWithTheirFieldsInOrder() {
    assertThat(
            nested(
                RowFactory.create("tea", new BigDecimal("3.50"), Arrays.asList("hot", null)), ITEM))
        .isEqualTo("{\"name\":\"tea\",\"price\":3.50,\"tags\":[\"hot\",null]}");
  }

  @Test
  void writesNullFieldsAsNull() {
    assertThat(nested(RowFactory.create(null, null, null), ITEM))
        .isEqualTo("{\"name\":null,\"price\":null,\"tags\":null}");
  }

  @ParameterizedTest
  @CsvSource({"1000.00", "0.0000001", "100000000000000000000", "0.00", "-1200"})
  void writesNestedDecimalsWithoutExponent(String number) {
    BigDecimal decimal = new BigDecimal(number);
    DataType type =
        DataTypes.createArrayType(DataTypes.createDecimalType(38, Math.max(0, decimal.scale())));

    assertThat(nested(List.of(decimal), type)).isEqualTo("[" + number + "]");
  }

  @Test
  void writesNestedTimesAndBinaryAsTheyStandAlone() {
    StructType type =
        new StructType()
            .add("at", DataTypes.TimestampType)
            .add("on", DataTypes.DateType)
            .add("raw", DataTypes.BinaryType)
            .add("x", DataTypes.DoubleType);

    assertThat(
            nested(
                RowFactory.create(
                    Timestamp.from(Instant.parse("2024-07-01T10:00:00Z")),
                    Date.valueOf("2024-07-01"),
                    new byte[] {1},
                    Double.NaN),
                type))
        .isEqualTo(
            "{\"at\":\"2024-07-01T12:00:00+02:00\",\"on\":\"2024-07-01\",\"raw\":\"AQ==\","
                + "\"x\":\"NaN\"}");
  }

  @Test
  void writesDeepNesting() {
    DataType type = DataTypes.createMapType(DataTypes.StringType, DataTypes.createArrayType(ITEM));

    assertThat(nested(Map.of("k", List.of(RowFactory.create("tea", null, List.of()))), type))
        .isEqualTo("{\"k\":[{\"name\":\"tea\",\"price\":null,\"tags\":[]}]}");
  }
}

package io.sparkllm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class RowSizeTest {
  private static final String LONG = "x".repeat(1000);

  /** The size of a row of one value, which becomes what Spark gives for it. */
  private static long size(DataType type, Object value) {
    StructType schema = new StructType().add("value", type);
    Object external =
        CatalystTypeConverters.convertToScala(
            CatalystTypeConverters.convertToCatalyst(
                CatalystTypeConverters.createToCatalystConverter(type).apply(value)),
            type);
    return RowSize.of(RowFactory.create(external), schema);
  }

  @Test
  void countsTheTextsInsideArrays() {
    assertThat(size(DataTypes.createArrayType(DataTypes.StringType), List.of(LONG, LONG)))
        .isGreaterThan(4000);
  }

  @Test
  void countsTheTextsInsideMaps() {
    assertThat(
            size(
                DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType),
                Map.of("key", LONG)))
        .isGreaterThan(2000);
  }

  @Test
  void countsTheTextsInsideStructs() {
    StructType struct = new StructType().add("text", DataTypes.StringType);
    Row row = RowFactory.create(RowFactory.create(LONG));

    assertThat(RowSize.of(row, new StructType().add("value", struct))).isGreaterThan(2000);
  }
}

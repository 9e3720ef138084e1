package io.sparkllm.engine;

import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;

/** A rough size of a row in memory, for the bound of the window. */
final class RowSize {
  private static final long CELL = 32;

  private RowSize() {}

  static long of(Row row, StructType schema) {
    long size = CELL;
    for (int i = 0; i < schema.length(); i++) {
      size += ofValue(row.get(i), schema.fields()[i].dataType());
    }
    return size;
  }

  private static long ofValue(Object value, DataType type) {
    if (value instanceof String text) {
      return CELL + 2L * text.length();
    }
    if (value instanceof byte[] bytes) {
      return CELL + bytes.length;
    }
    if (value instanceof Row row && type instanceof StructType struct) {
      return of(row, struct);
    }
    if (value != null && type instanceof ArrayType array) {
      long size = CELL;
      for (Object element : RowFactory.create(value).getList(0)) {
        size += ofValue(element, array.elementType());
      }
      return size;
    }
    if (value != null && type instanceof MapType map) {
      long size = CELL;
      for (Map.Entry<?, ?> e : RowFactory.create(value).getJavaMap(0).entrySet()) {
        size += ofValue(e.getKey(), map.keyType()) + ofValue(e.getValue(), map.valueType());
      }
      return size;
    }
    return CELL;
  }
}

package io.sparkllm.engine;

import org.apache.spark.sql.Row;

/** A rough size of a row in memory, for the bound of the window. */
final class RowSize {
  private static final long CELL = 32;

  private RowSize() {}

  static long of(Row row) {
    long size = CELL;
    for (int i = 0; i < row.length(); i++) {
      size += ofValue(row.get(i));
    }
    return size;
  }

  private static long ofValue(Object value) {
    if (value instanceof String text) {
      return CELL + 2L * text.length();
    }
    if (value instanceof byte[] bytes) {
      return CELL + bytes.length;
    }
    if (value instanceof Row row) {
      return of(row);
    }
    if (value instanceof Iterable<?> elements) {
      long size = CELL;
      for (Object element : elements) {
        size += ofValue(element);
      }
      return size;
    }
    return CELL;
  }
}

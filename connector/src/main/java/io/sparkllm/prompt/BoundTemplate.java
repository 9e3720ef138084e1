package io.sparkllm.prompt;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** A template whose columns were found in the input's schema. Thread-safe. */
final class BoundTemplate {
  private record Slot(String literal, int position, DataType type) {}

  private final List<Slot> slots = new ArrayList<>();
  private final ValueRenderer renderer;

  BoundTemplate(
      String option,
      String text,
      StructType schema,
      boolean caseSensitive,
      ValueRenderer renderer) {
    this.renderer = renderer;
    for (Template.Part part : Template.parse(text).parts()) {
      if (part.isColumn()) {
        int position = Columns.position(schema, part.text(), caseSensitive, "Option " + option);
        slots.add(new Slot(null, position, schema.fields()[position].dataType()));
      } else {
        slots.add(new Slot(part.text(), -1, null));
      }
    }
  }

  String render(Row row) {
    StringBuilder text = new StringBuilder();
    for (Slot slot : slots) {
      text.append(
          slot.literal() != null
              ? slot.literal()
              : renderer.text(row.get(slot.position()), slot.type()));
    }
    return text.toString();
  }

  /** True when the template has columns and none of them holds anything in this row. */
  boolean isEmptyFor(Row row) {
    boolean columns = false;
    for (Slot slot : slots) {
      if (slot.literal() == null) {
        columns = true;
        if (!renderer.text(row.get(slot.position()), slot.type()).isBlank()) {
          return false;
        }
      }
    }
    return columns;
  }
}

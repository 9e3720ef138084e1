package io.sparkllm.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** A template whose columns were found in the input's schema. Thread-safe. */
final class BoundTemplate {
  private record Slot(String literal, int position, DataType type) {}

  private static final Pattern BRACES = Pattern.compile("\\{([^{}`\\n]{1,200})}");

  private final List<Slot> slots = new ArrayList<>();
  private final ValueRenderer renderer;

  private BoundTemplate(ValueRenderer renderer) {
    this.renderer = renderer;
  }

  /** The template that is one column and nothing else. */
  static BoundTemplate ofColumn(
      String option,
      String column,
      StructType schema,
      boolean caseSensitive,
      ValueRenderer renderer) {
    BoundTemplate template = new BoundTemplate(renderer);
    template.addColumn(option, column, schema, caseSensitive);
    return template;
  }

  BoundTemplate(
      String option,
      String text,
      StructType schema,
      boolean caseSensitive,
      ValueRenderer renderer) {
    this(renderer);
    checkBraces(option, Template.withoutTokens(text), schema, caseSensitive);
    for (Template.Part part : Template.parse(text).parts()) {
      if (part.isColumn()) {
        addColumn(option, part.text(), schema, caseSensitive);
      } else {
        slots.add(new Slot(part.text(), -1, null));
      }
    }
  }

  private void addColumn(String option, String column, StructType schema, boolean caseSensitive) {
    int position = Columns.position(schema, column, caseSensitive, "Option " + option);
    slots.add(new Slot(null, position, schema.fields()[position].dataType()));
  }

  boolean hasColumns() {
    return slots.stream().anyMatch(slot -> slot.literal() == null);
  }

  /** Braces that look as if a column was meant, and would go out as they are for every row. */
  private static void checkBraces(
      String option, String literal, StructType schema, boolean caseSensitive) {
    Matcher braces = BRACES.matcher(literal);
    while (braces.find()) {
      String inside = braces.group(1).trim();
      String column = inside.replaceFirst("\\..*", "");
      if (Columns.contains(schema, inside, caseSensitive)
          || (!inside.equals(column) && Columns.contains(schema, column, caseSensitive))) {
        throw new IllegalArgumentException(
            "Option "
                + option
                + " holds '"
                + braces.group()
                + "', which is no column's name as it stands; write {name}, or {`odd name`} with"
                + " back-quotes, and select a struct's field as a column of its own first");
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

package io.sparkllm.jobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.trim;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What is compared to find out how good answers are. Case and surrounding blanks do not count.
 *
 * @param column the column of the right labels
 * @param label its value
 * @param answer the label in the answer; null where there is none
 */
record Gold(String column, Column label, Column answer) {
  private static final String LABEL = "label";

  /**
   * Finds both.
   *
   * @param output the columns of the output
   * @param input the columns of the input
   * @throws UsageException where there is no such column, or nothing to compare
   */
  static Gold find(String column, StructType output, StructType input, LlmOptions options) {
    if (!has(input, column)) {
      throw new UsageException(
          "Option --gold-col names "
              + column
              + ", which the input does not have; its columns: "
              + String.join(", ", input.fieldNames()));
    }
    if (!has(output, column)) {
      throw new UsageException(
          "Option --gold-col names " + column + ", which --columns leaves out; add it there");
    }
    String response = options.get(Options.RESPONSE_COL);
    return new Gold(
        column,
        normal(col(quoted(column))),
        normal(answer(col(quoted(response)), output.apply(response).dataType())));
  }

  private static boolean has(StructType columns, String name) {
    return Stream.of(columns.fieldNames()).anyMatch(name::equalsIgnoreCase);
  }

  private static Column answer(Column response, DataType type) {
    if (!(type instanceof StructType struct)) {
      require(!isNested(type), type);
      return response;
    }
    List<StructField> fields = List.of(struct.fields());
    StructField field =
        fields.stream()
            .filter(f -> f.name().equalsIgnoreCase(LABEL))
            .findFirst()
            .orElse(fields.get(0));
    require(
        !isNested(field.dataType()) && (fields.size() == 1 || field.name().equalsIgnoreCase(LABEL)),
        type);
    return response.getField(field.name());
  }

  private static boolean isNested(DataType type) {
    return type instanceof StructType || type instanceof ArrayType || type instanceof MapType;
  }

  private static void require(boolean comparable, DataType type) {
    if (!comparable) {
      throw new UsageException(
          "Option --gold-col cannot be used with answers of type "
              + type.simpleString()
              + ": it compares a text, the field label, or the only field");
    }
  }

  private static Column normal(Column value) {
    return lower(trim(value.cast("string")));
  }

  private static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }
}

package io.sparkllm.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.types.StructType;

/** Finds columns by name as Spark does: by default without regard to case. */
public final class Columns {
  private Columns() {}

  /**
   * Whether a schema has a column.
   *
   * @param schema the input's schema
   * @param name the name looked for
   * @param caseSensitive the session's {@code spark.sql.caseSensitive}
   * @return true if one or more columns bear the name
   */
  public static boolean contains(StructType schema, String name, boolean caseSensitive) {
    return !positions(schema, name, caseSensitive).isEmpty();
  }

  /**
   * The position of a column.
   *
   * @param schema the input's schema
   * @param name the name looked for
   * @param caseSensitive the session's {@code spark.sql.caseSensitive}
   * @param usedIn where the name stands, for the message, such as {@code Option prompt}
   * @return its index
   * @throws IllegalArgumentException listing the columns there are when none or several match
   */
  static int position(StructType schema, String name, boolean caseSensitive, String usedIn) {
    List<Integer> found = positions(schema, name, caseSensitive);
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new IllegalArgumentException(
        usedIn
            + " names the column "
            + name
            + (found.isEmpty() ? ", which the input does not have" : ", which the input has twice")
            + "; its columns: "
            + String.join(", ", schema.fieldNames())
            + (usedIn.endsWith("Col") // The option is the name itself, and no template.
                ? ""
                : "; a brace pair that is no column is written {{" + name + "}}"));
  }

  private static List<Integer> positions(StructType schema, String name, boolean caseSensitive) {
    String[] names = schema.fieldNames();
    return IntStream.range(0, names.length)
        .filter(i -> caseSensitive ? names[i].equals(name) : names[i].equalsIgnoreCase(name))
        .boxed()
        .collect(Collectors.toCollection(ArrayList::new));
  }
}

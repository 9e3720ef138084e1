package io.sparkllm.sql;

import static org.apache.spark.sql.functions.col;

import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.sources.And;
import org.apache.spark.sql.sources.EqualNullSafe;
import org.apache.spark.sql.sources.EqualTo;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.sources.GreaterThan;
import org.apache.spark.sql.sources.GreaterThanOrEqual;
import org.apache.spark.sql.sources.In;
import org.apache.spark.sql.sources.IsNotNull;
import org.apache.spark.sql.sources.IsNull;
import org.apache.spark.sql.sources.LessThan;
import org.apache.spark.sql.sources.LessThanOrEqual;
import org.apache.spark.sql.sources.Not;
import org.apache.spark.sql.sources.Or;
import org.apache.spark.sql.sources.StringContains;
import org.apache.spark.sql.sources.StringEndsWith;
import org.apache.spark.sql.sources.StringStartsWith;

/** The filters of a query that can be applied to the input, before any call. Immutable. */
final class InputFilters {
  private static final List<Class<?>> SIMPLE =
      List.of(
          String.class,
          Number.class,
          Boolean.class,
          Date.class,
          Timestamp.class,
          LocalDate.class,
          Instant.class,
          LocalDateTime.class);

  private final List<String> columns;

  /** For an input with these columns. */
  InputFilters(String... columns) {
    this.columns = List.of(columns);
  }

  /**
   * The same condition on the input; empty where it needs an answer or is none of the simple ones.
   */
  Optional<Column> condition(Filter filter) {
    if (filter instanceof And and) {
      return both(and.left(), and.right(), Column::and);
    } else if (filter instanceof Or or) {
      return both(or.left(), or.right(), Column::or);
    } else if (filter instanceof Not not) {
      return condition(not.child()).map(org.apache.spark.sql.functions::not);
    } else if (filter instanceof EqualTo f) {
      return on(f.attribute(), c -> c.equalTo(f.value()), f.value());
    } else if (filter instanceof EqualNullSafe f) {
      return on(f.attribute(), c -> c.eqNullSafe(f.value()), f.value());
    } else if (filter instanceof GreaterThan f) {
      return on(f.attribute(), c -> c.gt(f.value()), f.value());
    } else if (filter instanceof GreaterThanOrEqual f) {
      return on(f.attribute(), c -> c.geq(f.value()), f.value());
    } else if (filter instanceof LessThan f) {
      return on(f.attribute(), c -> c.lt(f.value()), f.value());
    } else if (filter instanceof LessThanOrEqual f) {
      return on(f.attribute(), c -> c.leq(f.value()), f.value());
    } else if (filter instanceof In f) {
      return on(f.attribute(), c -> c.isin(f.values()), f.values());
    } else if (filter instanceof IsNull f) {
      return on(f.attribute(), Column::isNull);
    } else if (filter instanceof IsNotNull f) {
      return on(f.attribute(), Column::isNotNull);
    } else if (filter instanceof StringStartsWith f) {
      return on(f.attribute(), c -> c.startsWith(f.value()));
    } else if (filter instanceof StringEndsWith f) {
      return on(f.attribute(), c -> c.endsWith(f.value()));
    } else if (filter instanceof StringContains f) {
      return on(f.attribute(), c -> c.contains(f.value()));
    }
    return Optional.empty();
  }

  private Optional<Column> both(Filter left, Filter right, BinaryOperator<Column> operator) {
    return condition(left).flatMap(l -> condition(right).map(r -> operator.apply(l, r)));
  }

  private Optional<Column> on(
      String attribute, Function<Column, Column> test, Object... comparedWith) {
    List<String> named = columns.stream().filter(column -> names(attribute, column)).toList();
    return named.size() == 1 && Arrays.stream(comparedWith).allMatch(InputFilters::isSimple)
        ? Optional.of(test.apply(col(quoted(named.get(0)))))
        : Optional.empty();
  }

  /**
   * Spark quotes a name that needs it; with a dot and no quotes it would be a field of a struct.
   */
  private static boolean names(String attribute, String column) {
    return attribute.equals(quoted(column)) || (attribute.equals(column) && !column.contains("."));
  }

  static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  /** What a literal of SQL is made of without loss. */
  private static boolean isSimple(Object value) {
    return value == null || SIMPLE.stream().anyMatch(type -> type.isInstance(value));
  }
}

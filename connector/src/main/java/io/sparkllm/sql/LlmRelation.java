package io.sparkllm.sql;

import static org.apache.spark.sql.functions.col;

import io.sparkllm.Llm;
import io.sparkllm.LlmOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.sources.BaseRelation;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.sources.PrunedFilteredScan;
import org.apache.spark.sql.types.StructType;

/**
 * An input with its answers. Planning a scan does nothing; running it reads the columns that the
 * query and the prompts need, filters them, and calls only where the query needs an answer column.
 */
final class LlmRelation extends BaseRelation implements PrunedFilteredScan {
  private final SQLContext context;
  private final Dataset<Row> input;
  private final Llm llm;
  private final StructType schema;
  private final InputFilters filters;

  /**
   * Checks options, columns and key.
   *
   * @throws IllegalArgumentException naming option or column, value and cure
   */
  LlmRelation(SQLContext context, Dataset<Row> input, LlmOptions options) {
    this.context = context;
    this.input = input;
    this.llm = Llm.of(options);
    this.schema = llm.transform(input).schema();
    this.filters = new InputFilters(input.columns());
  }

  @Override
  public SQLContext sqlContext() {
    return context;
  }

  @Override
  public StructType schema() {
    return schema;
  }

  @Override
  public Filter[] unhandledFilters(Filter[] asked) {
    return Arrays.stream(asked)
        .filter(filter -> filters.condition(filter).isEmpty())
        .toArray(Filter[]::new);
  }

  @Override
  public RDD<Row> buildScan(String[] columns, Filter[] asked) {
    return new LazyRdd(
        input.sparkSession().sparkContext(), () -> scan(List.of(columns), asked).rdd());
  }

  private Dataset<Row> scan(List<String> columns, Filter... asked) {
    List<String> ofInput = List.of(input.columns());
    Dataset<Row> rows =
        Arrays.stream(asked)
            .map(filters::condition)
            .flatMap(Optional::stream)
            .reduce(input, Dataset::filter, (a, b) -> b);
    if (!ofInput.containsAll(columns)) {
      Set<String> inPrompt = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
      inPrompt.addAll(llm.inputColumns());
      rows =
          llm.transform(
              rows.select(
                  quoted(
                      ofInput.stream()
                          .filter(name -> columns.contains(name) || inPrompt.contains(name))
                          .toList())));
    }
    return rows.select(quoted(columns));
  }

  private static Column[] quoted(List<String> columns) {
    return columns.stream().map(name -> col(InputFilters.quoted(name))).toArray(Column[]::new);
  }

  /** Stands in plans, which EXPLAIN and the UI show. */
  @Override
  public String toString() {
    return "llm " + llm;
  }
}

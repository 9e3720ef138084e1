package io.sparkllm.jobs;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.sparkllm.cost.Tokens;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * Tokens that were paid. What came from the checkpoint or an equal row was not paid again.
 *
 * @param calls of calls that were answered at once
 * @param batches of the Batch API
 */
record Paid(Tokens calls, Tokens batches) {
  static final Paid NOTHING = new Paid(Tokens.ZERO, Tokens.ZERO);

  private static final List<String> SOURCES = List.of("api", "batch");

  /** An aggregation of the output's rows, for {@link #of}; nothing without a metadata column. */
  static Column column(String metadata) {
    List<Column> sums = new ArrayList<>();
    for (String source : SOURCES) {
      sums.add(summed(metadata, source, "prompt_tokens"));
      sums.add(summed(metadata, source, "cached_tokens"));
      sums.add(summed(metadata, source, "completion_tokens"));
    }
    return struct(sums.toArray(Column[]::new));
  }

  private static Column summed(String metadata, String source, String field) {
    Column tokens = metadata == null ? lit(0L) : tokens(metadata, source, field);
    return coalesce(sum(tokens), lit(0L)).as(source + "_" + field);
  }

  private static Column tokens(String metadata, String source, String field) {
    Column value = col(metadata + "." + field);
    if (field.equals("prompt_tokens")) {
      // Some services tell the sum alone.
      value = coalesce(value, col(metadata + ".total_tokens"));
    }
    return when(col(metadata + ".source").equalTo(source), value);
  }

  static Paid of(Row sums) {
    return new Paid(
        new Tokens(sums.getLong(0), sums.getLong(1), sums.getLong(2)),
        new Tokens(sums.getLong(3), sums.getLong(4), sums.getLong(5)));
  }

  Paid plus(Paid more) {
    return new Paid(calls.plus(more.calls), batches.plus(more.batches));
  }

  Paid minus(Paid before) {
    return new Paid(calls.minus(before.calls), batches.minus(before.batches));
  }

  Tokens all() {
    return calls.plus(batches);
  }
}

package io.sparkllm.engine;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.Usage;
import io.sparkllm.prompt.Columns;
import io.sparkllm.schema.RowTimes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns that are appended: their types, and their values for a row. The one place that writes
 * them, so that exactly one of response and error is null in every row. Immutable.
 */
public final class OutputColumns {
  /** Type of the error column. */
  public static final StructType ERROR =
      struct(
          field("type", DataTypes.StringType),
          field("code", DataTypes.StringType),
          field("message", DataTypes.StringType),
          field("status", DataTypes.IntegerType),
          field("retryable", DataTypes.BooleanType),
          field("attempts", DataTypes.IntegerType),
          field("request_id", DataTypes.StringType));

  /** Type of the metadata column. */
  public static final StructType METADATA =
      struct(
          field("model", DataTypes.StringType),
          field("finish_reason", DataTypes.StringType),
          field("prompt_tokens", DataTypes.LongType),
          field("cached_tokens", DataTypes.LongType),
          field("completion_tokens", DataTypes.LongType),
          field("total_tokens", DataTypes.LongType),
          field("latency_ms", DataTypes.LongType),
          field("service_tier", DataTypes.StringType),
          field("batch_id", DataTypes.StringType),
          field("source", DataTypes.StringType));

  /** An answer of a ledger that somebody changed; others were checked when they came. */
  private static final Outcome.Failed UNREADABLE =
      Outcome.Failed.of(
          ErrorType.INVALID_RESPONSE,
          "unreadable",
          "The checkpoint holds an answer of another form than this API gives; use a new checkpoint");

  private final String response;
  private final AnswerValue answers;
  private final String error;
  private final String metadata;

  /**
   * Reads the names from the options, for those who want the columns alone.
   *
   * @param options validated options
   * @throws IllegalArgumentException when {@code returns} cannot be read or be sent
   */
  public OutputColumns(LlmOptions options) {
    this(options, RowTimes.UTC);
  }

  /**
   * Reads the names from the options.
   *
   * @param options validated options
   * @param times how dates and times stand in rows
   * @throws IllegalArgumentException when {@code returns} cannot be read or be sent
   */
  public OutputColumns(LlmOptions options, RowTimes times) {
    this.response = options.get(Options.RESPONSE_COL);
    this.answers = AnswerValue.of(options, times);
    this.error = options.get(Options.ERROR_COL);
    this.metadata = options.get(Options.METADATA_COL);
  }

  /**
   * The output's schema: the input's columns, then the appended ones.
   *
   * @param input the input's schema
   * @param caseSensitive the session's {@code spark.sql.caseSensitive}
   * @return the schema
   * @throws IllegalArgumentException when a name is taken, with the cure
   */
  public StructType appendTo(StructType input, boolean caseSensitive) {
    List<StructField> fields = new ArrayList<>(List.of(input.fields()));
    for (StructField added : added()) {
      StructType soFar = new StructType(fields.toArray(new StructField[0]));
      if (Columns.contains(soFar, added.name(), caseSensitive)) {
        throw new IllegalArgumentException(
            String.format(
                "The column %s is there already (columns: %s); drop it from the input or name"
                    + " another with the option %s",
                added.name(),
                String.join(", ", soFar.fieldNames()),
                optionFor(fields.size() - input.length())));
      }
      fields.add(added);
    }
    return new StructType(fields.toArray(new StructField[0]));
  }

  private List<StructField> added() {
    return Stream.of(
            field(response, answers.type()),
            field(error, ERROR),
            metadata == null ? null : field(metadata, METADATA))
        .filter(f -> f != null)
        .toList();
  }

  private static String optionFor(int index) {
    return List.of(Options.RESPONSE_COL, Options.ERROR_COL, Options.METADATA_COL).get(index).name();
  }

  /**
   * The output row of a finished call.
   *
   * @param columns columns of the input; what stands behind them in the row is not given out
   */
  Row row(Call call, int columns) {
    Row input = call.row;
    Object[] values = new Object[columns + (metadata == null ? 2 : 3)];
    for (int i = 0; i < columns; i++) {
      values[i] = input.get(i);
    }
    Outcome outcome = call.outcome();
    Object answer = outcome instanceof Outcome.Answer a ? answers.of(a.text()) : null;
    if (answer != null) {
      values[columns] = answer;
    } else {
      values[columns + 1] =
          error(outcome instanceof Outcome.Failed failed ? failed : UNREADABLE, call.calls);
    }
    if (metadata != null) {
      values[columns + 2] = metadata(outcome, call);
    }
    return RowFactory.create(values);
  }

  private static Row error(Outcome.Failed e, int calls) {
    return RowFactory.create(
        e.type().wireName(),
        e.code(),
        e.message(),
        e.status(),
        e.type().isRetryable(),
        calls,
        e.requestId());
  }

  /** Null where no call was made. */
  private static Row metadata(Outcome outcome, Call call) {
    if (call.calls == 0) {
      return null;
    }
    Outcome.Answer answer = outcome instanceof Outcome.Answer a ? a : null;
    Usage usage = outcome.usage();
    return RowFactory.create(
        answer == null ? null : answer.model(),
        answer == null ? null : answer.finishReason(),
        usage.promptTokens(),
        usage.cachedTokens(),
        usage.completionTokens(),
        usage.totalTokens(),
        call.latencyNanos / 1_000_000,
        answer == null ? null : answer.serviceTier(),
        call.batchId(),
        call.source().wireName());
  }

  private static StructType struct(StructField... fields) {
    return new StructType(fields);
  }

  private static StructField field(String name, DataType type) {
    return new StructField(name, type, true, Metadata.empty());
  }
}

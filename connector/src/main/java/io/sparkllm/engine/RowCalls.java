package io.sparkllm.engine;

import io.sparkllm.coordination.FatalCause;
import io.sparkllm.ledger.Entry;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.RequestCodec;
import io.sparkllm.prompt.InvalidInputException;
import io.sparkllm.prompt.Message;
import io.sparkllm.prompt.RowMessages;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Makes the call of a row, or the row's error where it cannot be asked. */
final class RowCalls implements CallSource {
  private final StructType schema;
  private final RowMessages messages;
  private final RequestCodec codec;

  RowCalls(StructType schema, RowMessages messages, RequestCodec codec) {
    this.schema = schema;
    this.messages = messages;
    this.codec = codec;
  }

  @Override
  public Call call(Row row, FatalCause cause, Consumer<Call> onFinished) {
    long rowBytes = RowSize.of(row, schema);
    if (cause != null) {
      return Call.finished(row, rowBytes, cause.notAttempted());
    }
    try {
      List<Message> asked = messages.of(row);
      long length = asked.stream().mapToLong(Message::promptChars).sum();
      return Call.of(row, rowBytes, codec.item(asked), length, onFinished);
    } catch (InvalidInputException e) {
      return invalid(row, rowBytes, e.code(), e.getMessage());
    } catch (RuntimeException e) {
      // A bad row must not fail the job, whatever it holds. The exception's text may hold row data.
      return invalid(row, rowBytes, "unreadable_row", "The row cannot be read: " + e.getClass());
    }
  }

  /** A row whose answer is known from an earlier call. */
  Call recalled(Row row, Entry entry, Source source) {
    return Call.recalled(row, RowSize.of(row, schema), entry, source);
  }

  /** A row that is not asked, and gets this error unless it could not be asked anyway. */
  Call unasked(Row row, Outcome.Failed error) {
    Call call = call(row, null, c -> {});
    return call.outcome() == null ? Call.finished(row, RowSize.of(row, schema), error) : call;
  }

  /** A row that is asked as another one. */
  Call following(Row row, Call leader) {
    return Call.following(row, RowSize.of(row, schema), leader);
  }

  private static Call invalid(Row row, long rowBytes, String code, String message) {
    return Call.finished(row, rowBytes, Outcome.Failed.of(ErrorType.INVALID_INPUT, code, message));
  }
}

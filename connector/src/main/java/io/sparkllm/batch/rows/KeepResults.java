package io.sparkllm.batch.rows;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Json;
import io.sparkllm.config.Options;
import io.sparkllm.coordination.FatalCause;
import io.sparkllm.ledger.Entry;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.LedgerWriter;
import io.sparkllm.openai.ApiCodec;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.ReplyReader;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.openai.ResultLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * Decides what became of each request and keeps it in the checkpoint. All that is known of one
 * request comes together, bucket by bucket: whether it was submitted, and what the results say, if
 * anything. An answer counts before any error. Gives texts, each a {@link Told}.
 */
final class KeepResults implements MapPartitionsFunction<Row, String> {
  private static final long serialVersionUID = 1L;

  /**
   * What one task found out of a file.
   *
   * @param file its index
   * @param counts what became of its requests, as far as the task saw them
   */
  record Told(int file, ResultCounts counts) {}

  private final ArrayList<RequestFile> batches;
  private final LlmOptions options;
  private final Endpoint endpoint;
  private final Ledger ledger;

  KeepResults(List<RequestFile> batches, LlmOptions options, Endpoint endpoint, Ledger ledger) {
    this.batches = new ArrayList<>(batches);
    this.options = options;
    this.endpoint = endpoint;
    this.ledger = ledger;
  }

  @Override
  public Iterator<String> call(Iterator<Row> rows) throws IOException {
    ResultLine lines =
        new ResultLine(
            new ReplyReader(ApiCodec.of(options, endpoint.isOpenAi()), endpoint::redact));
    try (LedgerWriter writer = ledger.writer()) {
      Task task = new Task(lines, writer);
      while (rows.hasNext()) {
        Cancelled.check();
        task.add(rows.next());
      }
      task.end();
      return task.told().iterator();
    }
  }

  /** The rows of one task on their way. */
  private final class Task {
    private final ResultLine lines;
    private final LedgerWriter writer;
    private final Map<Integer, ResultCounts> counts = new TreeMap<>();

    private String id;
    private int bucket = -1;
    private int submitted = -1;
    private int told;
    private int last;
    private Reading best;

    Task(ResultLine lines, LedgerWriter writer) {
      this.lines = lines;
      this.writer = writer;
    }

    void add(Row row) throws IOException {
      String next = row.getString(1);
      int file = row.getInt(2);
      if (next.equals(ReadResults.UNREADABLE)) {
        count(file, new ResultCounts(0, 0, 0, 0, 0, 0, 1, 0, null));
        return;
      }
      if (!next.equals(id)) {
        end();
        id = next;
        pass(row.getInt(0));
      }
      if (row.isNullAt(3)) {
        submitted = file;
        return;
      }
      Reading said = lines.read((byte[]) row.get(3));
      if (said == null) {
        count(file, new ResultCounts(0, 0, 0, 0, 0, 0, 1, 0, null));
        return;
      }
      told++;
      if (best == null || isBetter(said, best)) {
        best = said;
      }
      // Whose line it was is told by what was submitted; for a stranger it is all there is.
      last = file;
    }

    private void pass(int next) throws IOException {
      if (next != bucket && bucket >= 0) {
        writer.leave(bucket);
      }
      bucket = next;
    }

    private static boolean isBetter(Reading said, Reading than) {
      return rank(said) < rank(than);
    }

    private static int rank(Reading reading) {
      if (reading instanceof Reading.Answered) {
        return 0;
      }
      return switch (((Reading.NotAnswered) reading).failure().error().type()) {
        case BATCH_EXPIRED, BATCH_CANCELLED, BATCH_MISSING -> 2;
        default -> 1;
      };
    }

    /** All that is known of a request was seen. */
    void end() throws IOException {
      if (submitted >= 0) {
        decide(batches.get(submitted));
      } else if (told > 0) {
        count(last, new ResultCounts(0, 0, 0, 0, 0, told, 0, 0, null));
      }
      submitted = -1;
      told = 0;
      best = null;
    }

    private void decide(RequestFile batch) throws IOException {
      Outcome outcome =
          best == null
              ? missing(batch)
              : best instanceof Reading.Answered answered
                  ? answered.answer()
                  : ((Reading.NotAnswered) best).failure().error();
      int doubles = Math.max(0, told - 1);
      if (!(outcome instanceof Outcome.Failed failed)) {
        keep(batch, outcome);
        count(submitted, new ResultCounts(1, 0, 0, 0, doubles, 0, 0, 0, null));
        return;
      }
      // What is the account's fault says nothing about the row, and is found out anew.
      boolean fatal = !failed.type().isKept();
      if (!fatal) {
        keep(batch, failed);
      }
      count(
          submitted,
          new ResultCounts(
              0,
              1,
              fatal || goesAgain(failed, batch) ? 1 : 0,
              best == null ? 1 : 0,
              doubles,
              0,
              0,
              fatal ? 1 : 0,
              fatal ? cause(failed) : null));
    }

    private boolean goesAgain(Outcome.Failed failed, RequestFile batch) {
      return ChunkRepair.mayPass(failed, batch.round(), options.get(Options.SCHEMA_RETRIES));
    }

    private String cause(Outcome.Failed failed) {
      return FatalCause.of(failed, endpoint.baseUrl(), options.model(), true).message();
    }

    private void keep(RequestFile batch, Outcome outcome) throws IOException {
      writer.append(
          new Entry(id, outcome, batch.round(), 0, batch.batchId(), System.currentTimeMillis()));
    }

    private void count(int file, ResultCounts more) {
      counts.merge(file, more, ResultCounts::plus);
    }

    List<String> told() {
      List<String> texts = new ArrayList<>();
      counts.forEach((file, sum) -> texts.add(Json.write(new Told(file, sum))));
      return texts;
    }
  }

  /** The error of a request of which a batch's results say nothing. */
  private static Outcome.Failed missing(RequestFile batch) {
    ErrorType type =
        switch (batch.ending()) {
          case "expired" -> ErrorType.BATCH_EXPIRED;
          case "cancelled" -> ErrorType.BATCH_CANCELLED;
          default -> ErrorType.BATCH_MISSING;
        };
    return Outcome.Failed.of(
        type,
        "no_line",
        String.format(
            "The batch %s ended (%s) without a word about this row",
            batch.batchId(), batch.ending()));
  }
}

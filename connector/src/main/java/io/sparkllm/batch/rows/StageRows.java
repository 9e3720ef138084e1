package io.sparkllm.batch.rows;

import io.sparkllm.config.Json;
import io.sparkllm.engine.RowRequests;
import io.sparkllm.ledger.Entry;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.LedgerLookup;
import io.sparkllm.ledger.LedgerWriter;
import io.sparkllm.openai.ApiCodec;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import io.sparkllm.prompt.InvalidInputException;
import io.sparkllm.prompt.Message;
import io.sparkllm.prompt.RowMessages;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * Writes the requests of a partition that have no answer yet into chunks. Equal rows come one after
 * the other and are one request: the service refuses a file with two. Gives one text, a {@link
 * Staged}.
 */
final class StageRows implements MapPartitionsFunction<Row, String> {
  private static final long serialVersionUID = 1L;

  private final RowRequests requests;
  private final Ledger ledger;
  private final FileLimits limits;
  private final List<Chunk> waiting;

  StageRows(RowRequests requests, Ledger ledger, FileLimits limits, List<Chunk> waiting) {
    this.requests = requests;
    this.ledger = ledger;
    this.limits = limits;
    this.waiting = waiting;
  }

  @Override
  public Iterator<String> call(Iterator<Row> rows) throws IOException {
    ChunkFiles files = new ChunkFiles(ledger);
    try (ChunkWriter chunks = files.writer(limits, ledger);
        LedgerWriter refused = ledger.writer()) {
      Partition partition = new Partition(files, chunks, refused);
      while (rows.hasNext()) {
        Cancelled.check();
        partition.add(rows.next());
      }
      return List.of(Json.write(partition.end())).iterator();
    }
  }

  /** One partition on its way. */
  private final class Partition {
    private final int fingerprintAt = requests.schema().length();
    private final RowMessages messages = requests.messages();
    private final ApiCodec codec = requests.codec();
    private final String path = "/v1" + codec.path();
    private final LedgerLookup kept = ledger.lookup();
    private final Set<ErrorType> retryErrors = requests.options().retryErrors();
    private final PendingRows pending;
    private final ChunkWriter chunks;
    private final LedgerWriter refused;

    private String last;
    private long rows;
    private long answered;
    private long waits;
    private long unfit;

    Partition(ChunkFiles files, ChunkWriter chunks, LedgerWriter refused) {
      this.pending = new PendingRows(files, waiting);
      this.chunks = chunks;
      this.refused = refused;
    }

    void add(Row row) throws IOException {
      rows++;
      if (row.isNullAt(fingerprintAt)) {
        unfit++;
        return;
      }
      String fingerprint = row.getString(fingerprintAt);
      if (fingerprint.equals(last)) {
        return;
      }
      last = fingerprint;
      if (pending.contains(fingerprint, row.getInt(fingerprintAt + 1))) {
        waits++;
      } else if (isKept(fingerprint)) {
        answered++;
      } else {
        stage(fingerprint, line(row, fingerprint));
      }
    }

    private boolean isKept(String fingerprint) throws IOException {
      Entry entry = kept.find(fingerprint);
      return entry != null
          && !(entry.outcome() instanceof Outcome.Failed failed
              && retryErrors.contains(failed.type()));
    }

    private RequestLine line(Row row, String fingerprint) {
      try {
        List<Message> asked = messages.of(row);
        return RequestLine.of(fingerprint, path, codec.encode(asked), asked);
      } catch (InvalidInputException e) {
        throw new IllegalStateException("A row changed between two looks", e);
      }
    }

    private void stage(String fingerprint, RequestLine line) throws IOException {
      if (limits.holds(1, line.bytes().length, line.tokens())) {
        chunks.add(fingerprint, line);
        return;
      }
      unfit++;
      refused.append(TooLong.entry(fingerprint, line.bytes().length, line.tokens(), limits));
    }

    Staged end() throws IOException {
      return new Staged(chunks.finish(), rows, answered, waits, unfit);
    }
  }
}

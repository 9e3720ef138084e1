package io.sparkllm.engine;

import io.sparkllm.config.Json;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Mode;
import io.sparkllm.cost.TokenCounter;
import io.sparkllm.ledger.Entry;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.LedgerLookup;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.RequestCodec;
import io.sparkllm.prompt.Message;
import io.sparkllm.prompt.RowMessages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * Adds up what the rows of a partition would ask, without asking. Rows come as for the calls: with
 * fingerprint and bucket behind them where answers are shared. Gives one text, {@link Sums}.
 */
public final class EstimateRows implements MapPartitionsFunction<Row, String> {
  private static final long serialVersionUID = 1L;

  /** What wraps a message, and what begins the answer (OpenAI's cookbook on counting tokens). */
  private static final int PER_MESSAGE = 4;

  private static final int PER_REQUEST = 3;

  /** Of shared instructions, which are known by their length alone. */
  private static final int CHARS_PER_TOKEN = 4;

  private final RowRequests requests;
  private final Ledger ledger;
  private final TokenCounter counter;

  /**
   * Takes what all partitions share.
   *
   * @param requests how rows become requests
   * @param ledger keeps answers; null for none
   * @param counter counts tokens
   */
  public EstimateRows(RowRequests requests, Ledger ledger, TokenCounter counter) {
    this.requests = requests;
    this.ledger = ledger;
    this.counter = counter;
  }

  /**
   * What partitions have in sum.
   *
   * @param rows rows that were looked at
   * @param unfit rows that cannot be asked
   * @param kept rows whose answer the checkpoint holds
   * @param shared rows that share the answer of an equal one
   * @param asked rows that would be asked
   * @param requests requests of these rows, with as many in each as may be
   * @param promptTokens tokens of these requests
   */
  public record Sums(
      long rows,
      long unfit,
      long kept,
      long shared,
      long asked,
      long requests,
      double promptTokens) {
    /** None. */
    public static final Sums ZERO = new Sums(0, 0, 0, 0, 0, 0, 0);

    /**
     * Reads what a partition gave.
     *
     * @param text its text
     * @return its sums
     */
    public static Sums of(String text) {
      return Json.read(text, Sums.class);
    }

    /**
     * Both together.
     *
     * @param other the other
     * @return the sums
     */
    public Sums plus(Sums other) {
      return new Sums(
          rows + other.rows,
          unfit + other.unfit,
          kept + other.kept,
          shared + other.shared,
          asked + other.asked,
          requests + other.requests,
          promptTokens + other.promptTokens);
    }
  }

  @Override
  public Iterator<String> call(Iterator<Row> rows) throws IOException {
    Partition partition = new Partition();
    while (rows.hasNext()) {
      partition.add(rows.next());
    }
    return List.of(Json.write(partition.sums())).iterator();
  }

  /** One partition on its way. */
  private final class Partition {
    private final boolean shares = requests.options().sharesAnswers();
    private final int fingerprintAt = requests.schema().length();
    private final RowMessages messages = requests.messages();
    private final RequestCodec codec = RequestCodec.of(requests.options(), requests.codec());
    private final boolean isText = !requests.options().get(Options.API).takesInputs();
    private final boolean isPacked = requests.options().get(Options.MODE) == Mode.PACKED;
    private final Set<ErrorType> retryErrors = requests.options().retryErrors();
    private final LedgerLookup kept = ledger == null ? null : ledger.lookup();

    private String last;
    private long rows;
    private long unfit;
    private long recalled;
    private long shared;
    private long asked;
    private double tokens;

    void add(Row row) throws IOException {
      rows++;
      String fingerprint = shares ? row.getString(fingerprintAt) : null;
      if (fingerprint != null && fingerprint.equals(last)) {
        shared++;
        return;
      }
      last = fingerprint;
      if (fingerprint != null && isKept(fingerprint)) {
        recalled++;
        return;
      }
      try {
        tokens += tokens(messages.of(row));
        asked++;
      } catch (RuntimeException e) {
        // As when it is asked: a bad row must not fail the job.
        unfit++;
      }
    }

    private boolean isKept(String fingerprint) throws IOException {
      Entry entry = kept == null ? null : kept.find(fingerprint);
      return entry != null
          && !(entry.outcome() instanceof Outcome.Failed failed
              && retryErrors.contains(failed.type()));
    }

    private double tokens(List<Message> of) {
      // Also finds out which rows the API does not take.
      byte[] item = codec.item(of);
      if (isPacked) {
        return counter.count(new String(item, StandardCharsets.UTF_8));
      }
      double sum = isText ? PER_REQUEST : 0;
      for (Message message : of) {
        sum += (isText ? PER_MESSAGE : 0) + message.tokens(counter);
      }
      return sum;
    }

    Sums sums() {
      int size = requests.options().batchSize();
      long calls = (asked + size - 1) / size;
      double all = tokens + (double) calls * codec.sharedChars() / CHARS_PER_TOKEN;
      return new Sums(rows, unfit, recalled, shared, asked, calls, all);
    }
  }
}

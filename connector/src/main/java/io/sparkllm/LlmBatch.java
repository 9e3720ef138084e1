package io.sparkllm;

import io.sparkllm.batch.BatchCommands;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.BatchFallback;
import io.sparkllm.config.Options.Mode;
import io.sparkllm.coordination.Cap;
import io.sparkllm.engine.RowRequests;
import io.sparkllm.ledger.Ledger;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * LLM calls through the Batch API, at half the price and within a day. The steps act at once,
 * unlike a transformation, and may be taken by different processes on different days; what they
 * share is the checkpoint.
 *
 * <pre>{@code
 * LlmBatch batch = LlmBatch.of(Llm.chat()
 *     .model("gpt-4o-mini")
 *     .prompt("Classify as bug, question or other: {text}")
 *     .checkpoint("s3://bucket/tickets_checkpoint"));
 * batch.submit(tickets);
 * batch.await(spark);
 * Dataset<Row> labelled = batch.transform(tickets);
 * }</pre>
 *
 * <p>{@link #status}, {@link #collect}, {@link #await} and {@link #cancel} need the checkpoint and
 * the key; endpoint, model and the other options are as they were submitted unless they are set. A
 * step that is interrupted goes on where it was when it is taken again. Immutable.
 */
public final class LlmBatch {
  private final LlmOptions options;
  private final Consumer<BatchReport> progress;

  private LlmBatch(LlmOptions options, Consumer<BatchReport> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Takes settings.
   *
   * @param llm the settings, with a checkpoint
   * @return the steps
   * @throws IllegalArgumentException when no checkpoint is set
   */
  public static LlmBatch of(Llm llm) {
    LlmOptions batch = llm.options().with(Options.MODE, Mode.BATCH);
    if (batch.checkpoint() == null) {
      throw new IllegalArgumentException(
          "Option checkpoint is not set; name the directory that is to keep what was submitted and"
              + " answered");
    }
    return new LlmBatch(batch, report -> {});
  }

  /**
   * Follows long steps.
   *
   * @param listener told how the batches stand after each step, some times a second at most, by the
   *     calling thread
   * @return new steps
   */
  public LlmBatch listener(Consumer<BatchReport> listener) {
    return new LlmBatch(options, listener);
  }

  /**
   * Submits the rows that have no answer in the checkpoint and wait in no batch. Equal requests are
   * submitted once. Returns when the service has taken all that its limits allow.
   *
   * @param rows the input
   * @return how the batches stand
   * @throws IllegalArgumentException before anything is sent, naming option or column, value and
   *     cure; also where {@code maxCost} or {@code maxTotalTokens} is less than what they are
   *     expected to take
   * @throws IllegalStateException when another driver works on the same checkpoint's batches
   * @throws LlmException when the service refuses, or cannot be reached; nothing is lost
   */
  public BatchReport submit(Dataset<?> rows) {
    Dataset<Row> input = rows.toDF();
    Llm llm = Llm.of(options.validate());
    // Whether the columns fit is better known before than after the answers are paid for.
    llm.transform(input);
    SparkSession spark = input.sparkSession();
    Endpoint endpoint = Llm.endpoint(options, spark);
    RowRequests requests = llm.requests(input, endpoint);
    Cap cap = Cap.of(options, true);
    return commands(spark, llm.ledger(input)).submit(input, requests, cap);
  }

  /**
   * Looks at the batches.
   *
   * @param spark the session
   * @return how they stand, with what the service says of those that have not ended
   * @throws IllegalArgumentException when the checkpoint holds no batches
   * @throws LlmException when the service refuses, or cannot be reached
   */
  public BatchReport status(SparkSession spark) {
    return existing(spark).status();
  }

  /**
   * Keeps the results of the batches that have ended, and submits what goes again or waited for
   * room. Does not wait.
   *
   * @param spark the session
   * @return how the batches stand; {@link BatchReport#isDone} tells whether all have ended
   * @throws IllegalArgumentException when the checkpoint holds no batches
   * @throws IllegalStateException when another driver works on the same checkpoint's batches
   * @throws LlmException when the service refuses, or cannot be reached; nothing is lost
   */
  public BatchReport collect(SparkSession spark) {
    return existing(spark).collect(false);
  }

  /**
   * As {@link #collect}, again and again until all batches have ended and nothing goes again.
   *
   * @param spark the session
   * @return how the batches stand
   * @throws IllegalArgumentException when the checkpoint holds no batches
   * @throws IllegalStateException when another driver works on the same checkpoint's batches
   * @throws LlmException when the service refuses, or the thread is interrupted; nothing is lost
   */
  public BatchReport await(SparkSession spark) {
    return existing(spark).collect(true);
  }

  /**
   * Gives the batches up. The service needs some minutes; what was answered by then can be
   * collected and is charged.
   *
   * @param spark the session
   * @return how the batches stand
   * @throws IllegalArgumentException when the checkpoint holds no batches
   * @throws IllegalStateException when another driver works on the same checkpoint's batches
   * @throws LlmException when the service refuses, or cannot be reached
   */
  public BatchReport cancel(SparkSession spark) {
    return existing(spark).cancel();
  }

  /**
   * The answers that the checkpoint holds by now. Lazy, and calls nothing: rows without an answer
   * have the error {@code batch_missing}.
   *
   * @param rows the input
   * @return the input's columns, then the answer, the error and (when named) the metadata column
   * @throws IllegalArgumentException naming option or column, value and cure
   */
  public Dataset<Row> transform(Dataset<?> rows) {
    return Llm.of(options).transform(rows);
  }

  /**
   * {@link #submit}, {@link #await} and {@link #transform} in one. With {@code
   * batchFallback=realtime} the rows that the batches did not answer are asked when an action pulls
   * them.
   *
   * @param rows the input
   * @return as {@link #transform}
   * @throws IllegalArgumentException as {@link #submit}
   * @throws LlmException as {@link #await}
   */
  public Dataset<Row> run(Dataset<?> rows) {
    submit(rows);
    await(rows.sparkSession());
    return reading().transform(rows);
  }

  /**
   * The settings by which {@link #run} gives rows their answers once the batches have ended.
   *
   * @return settings whose {@code transform} reads the checkpoint and, with {@code
   *     batchFallback=realtime}, asks for what it lacks
   */
  public Llm reading() {
    return Llm.of(
        options.get(Options.BATCH_FALLBACK) == BatchFallback.REALTIME
            ? options.with(Options.MODE, Mode.REALTIME)
            : options);
  }

  private BatchCommands existing(SparkSession spark) {
    return commands(
        spark, Ledger.existing(options.checkpoint(), spark.sparkContext().hadoopConfiguration()));
  }

  private BatchCommands commands(SparkSession spark, Ledger ledger) {
    return new BatchCommands(
        spark,
        ledger,
        options,
        all -> Llm.endpoint(all, spark),
        Executors.partitions(spark),
        progress);
  }
}

package io.sparkllm.batch.rows;

import static org.apache.spark.sql.functions.col;

import io.sparkllm.LlmException;
import io.sparkllm.LlmOptions;
import io.sparkllm.batch.service.BatchClient;
import io.sparkllm.batch.service.ServiceException;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Json;
import io.sparkllm.config.Options;
import io.sparkllm.engine.FingerprintRows;
import io.sparkllm.engine.RowRequests;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.openai.ApiCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The Spark jobs of batches. Each can be repeated: what a killed one did is done again or kept. */
public final class BatchRows {
  private final SparkSession spark;
  private final Ledger ledger;
  private final LlmOptions options;
  private final Endpoint endpoint;

  /**
   * Takes what all jobs share.
   *
   * @param spark the session
   * @param ledger the checkpoint
   * @param options the options of the calls
   * @param endpoint the service
   */
  public BatchRows(SparkSession spark, Ledger ledger, LlmOptions options, Endpoint endpoint) {
    this.spark = spark;
    this.ledger = ledger;
    this.options = options;
    this.endpoint = endpoint;
  }

  /**
   * Writes the requests of a DataFrame into chunks, but for those with an answer in the checkpoint
   * and those that wait in chunks already.
   *
   * @param input the rows
   * @param requests how they become requests
   * @param limits what one file may hold
   * @param waiting the chunks that wait
   * @param partitions tasks
   * @return what was staged
   */
  public Staged stage(
      Dataset<Row> input,
      RowRequests requests,
      FileLimits limits,
      List<Chunk> waiting,
      int partitions) {
    List<String> told =
        new FingerprintRows(requests, ledger.buckets())
            .arrange(input, Math.min(ledger.buckets(), partitions))
            .mapPartitions(
                new StageRows(requests, ledger, limits, new ArrayList<>(waiting)),
                Encoders.STRING())
            .collectAsList();
    return told.stream()
        .map(text -> Json.read(text, Staged.class))
        .reduce(Staged.NONE, Staged::plus);
  }

  /**
   * The API that the requests are for.
   *
   * @return for example {@code /chat/completions}
   */
  public String path() {
    return ApiCodec.of(options, endpoint.isOpenAi()).path();
  }

  /**
   * Uploads files.
   *
   * @param files which
   * @return the service's ids, in their order
   * @throws LlmException when the service refuses
   */
  public List<String> upload(List<RequestFile> files) {
    Ledger to = ledger;
    Endpoint service = endpoint;
    Duration expires = options.get(Options.BATCH_FILES_EXPIRE);
    List<String> told =
        Wave.run(
            spark,
            files,
            file -> {
              try (BatchClient client = new BatchClient(service)) {
                return "id "
                    + client.upload(
                        file.name(), new ChunkBody(new ChunkFiles(to), file.chunks()), expires);
              } catch (ServiceException e) {
                // Told and not thrown: Spark would only try the task again.
                return "no " + e.getMessage();
              }
            });
    for (String text : told) {
      if (text.startsWith("no ")) {
        throw new LlmException(
            "Stopped: "
                + text.substring(3)
                + ". Nothing is lost; the same command goes on from here");
      }
    }
    return told.stream().map(text -> text.substring(3)).toList();
  }

  /**
   * Keeps the results of batches in the checkpoint.
   *
   * @param batches batches that have ended
   * @param partitions tasks
   * @return what became of their requests, in their order
   */
  public List<ResultCounts> collect(List<RequestFile> batches, int partitions) {
    List<ResultCounts> counts = new ArrayList<>();
    batches.forEach(batch -> counts.add(ResultCounts.NONE));
    spark
        .range(0, batches.size(), 1, Math.max(1, batches.size()))
        .mapPartitions(new ReadResults(batches, endpoint, ledger), Encoders.row(ReadResults.SCHEMA))
        .repartition(Math.min(ledger.buckets(), partitions), col(ReadResults.BUCKET))
        .sortWithinPartitions(ReadResults.BUCKET, ReadResults.ID)
        .mapPartitions(new KeepResults(batches, options, endpoint, ledger), Encoders.STRING())
        .collectAsList()
        .forEach(
            text -> {
              KeepResults.Told told = Json.read(text, KeepResults.Told.class);
              counts.set(told.file(), counts.get(told.file()).plus(told.counts()));
            });
    return counts;
  }

  /**
   * Writes the rows of collected batches that may still be answered into new chunks.
   *
   * @param batches collected batches
   * @param limits what one file may hold
   * @return new chunks, in the order of the batches
   */
  public List<List<Chunk>> again(List<RequestFile> batches, FileLimits limits) {
    Ledger from = ledger;
    int schemaRetries = options.get(Options.SCHEMA_RETRIES);
    return Wave.run(
            spark,
            batches,
            batch ->
                Json.write(
                    new Staged(
                        new ChunkRepair(from, limits).again(batch.chunks(), schemaRetries),
                        0,
                        0,
                        0,
                        0)))
        .stream()
        .map(text -> Json.read(text, Staged.class).chunks())
        .toList();
  }
}

package io.sparkllm.batch;

import io.sparkllm.BatchReport;
import io.sparkllm.LlmOptions;
import io.sparkllm.batch.BatchFile.State;
import io.sparkllm.batch.rows.BatchRows;
import io.sparkllm.batch.rows.Chunk;
import io.sparkllm.batch.rows.ChunkFiles;
import io.sparkllm.batch.rows.Staged;
import io.sparkllm.batch.service.BatchClient;
import io.sparkllm.batch.service.ServiceException;
import io.sparkllm.config.Endpoint;
import io.sparkllm.coordination.Cap;
import io.sparkllm.cost.AssumedAnswer;
import io.sparkllm.cost.Tokens;
import io.sparkllm.engine.RowRequests;
import io.sparkllm.ledger.Ledger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a user can do with the batches of one checkpoint. For one thread. */
public final class BatchCommands {
  private static final Logger LOG = LoggerFactory.getLogger(BatchCommands.class);

  private final SparkSession spark;
  private final Ledger ledger;
  private final LlmOptions given;
  private final Function<LlmOptions, Endpoint> endpoints;
  private final int partitions;
  private final Consumer<BatchReport> progress;

  /**
   * Takes what all commands share.
   *
   * @param spark the session
   * @param ledger the checkpoint
   * @param given the options of this command; what they do not set is as it was submitted
   * @param endpoints resolves the endpoint of options
   * @param partitions tasks of a shuffle
   * @param progress told how the batches stand, after each step
   */
  public BatchCommands(
      SparkSession spark,
      Ledger ledger,
      LlmOptions given,
      Function<LlmOptions, Endpoint> endpoints,
      int partitions,
      Consumer<BatchReport> progress) {
    this.spark = spark;
    this.ledger = ledger;
    this.given = given;
    this.endpoints = endpoints;
    this.partitions = partitions;
    this.progress = progress;
  }

  /** Work under this driver's hold on the batches. */
  private interface Work {
    void run(BatchRun run) throws IOException;
  }

  /**
   * Submits the rows of a DataFrame that have no answer in the checkpoint and wait in no batch.
   *
   * @param input the rows
   * @param requests how they become requests
   * @param cap what they may cost; null for any amount
   * @return how the batches stand
   * @throws IllegalArgumentException when batches of another model or endpoint are under way, or
   *     what is to be submitted is expected to cost more than the cap
   */
  public BatchReport submit(Dataset<Row> input, RowRequests requests, Cap cap) {
    return owned(
        (owner, manifest) -> {
          begin(manifest);
          return with(
              owner,
              manifest,
              given,
              run -> {
                run.requireService();
                stage(run, manifest, input, requests, cap);
                run.until(Until.SUBMITTED, parallelism(), progress);
              });
        });
  }

  private void stage(
      BatchRun run, Manifest manifest, Dataset<Row> input, RowRequests requests, Cap cap)
      throws IOException {
    List<Chunk> waiting = manifest.batches().chunks();
    // What a driver left behind that died before it wrote the manifest.
    keepOnly(waiting);
    Staged staged =
        rows(given, requests.endpoint()).stage(input, requests, run.limits(), waiting, partitions);
    LOG.info(
        "{} rows: {} different requests to submit, {} answered already, {} in batches already, {}"
            + " that cannot be asked",
        staged.rows(),
        staged.requests(),
        staged.kept(),
        staged.pending(),
        staged.unfit());
    if (cap != null) {
      requireHolds(cap, staged, requests, waiting);
    }
    run.plan(staged.chunks());
  }

  private void requireHolds(Cap cap, Staged staged, RowRequests requests, List<Chunk> waiting)
      throws IOException {
    long answer = AssumedAnswer.of(requests.options(), requests.codec().maxTokens()).tokens();
    long prompts = staged.chunks().stream().mapToLong(Chunk::tokens).sum();
    try {
      cap.requireHolds(
          new Tokens(prompts, 0, staged.requests() * answer),
          String.format("the %,d requests that are to be submitted will take", staged.requests()));
    } catch (IllegalArgumentException e) {
      // They hold prompts.
      keepOnly(waiting);
      throw e;
    }
  }

  private void keepOnly(List<Chunk> chunks) throws IOException {
    new ChunkFiles(ledger).keepOnly(chunks.stream().map(Chunk::name).collect(Collectors.toSet()));
  }

  private void begin(Manifest manifest) throws IOException {
    RunHeader header = manifest.header();
    RunHeader wanted = RunHeader.of(UUID.randomUUID().toString(), given);
    boolean isOver = header == null || manifest.batches().areDone();
    if (isOver) {
      Long learned =
          header != null && header.target().equals(wanted.target()) ? header.tokenLimit() : null;
      manifest.begin(learned == null ? wanted : wanted.withTokenLimit(learned));
    } else if (!header.target().equals(wanted.target())) {
      throw new IllegalArgumentException(
          String.format(
              "Option checkpoint is '%s', where batches of another model or endpoint have not ended"
                  + " (%s; now: %s); collect or cancel them first, or name another checkpoint",
              ledger.directory(), header.target(), wanted.target()));
    } else {
      manifest.put(header.with(given));
    }
  }

  /**
   * Looks at the batches; changes nothing.
   *
   * @return how they stand, with what the service says of those that have not ended
   * @throws IllegalArgumentException when nothing was submitted
   */
  public BatchReport status() {
    return guarded(
        () -> {
          Manifest manifest = submitted(Manifest.read(ledger.files()));
          LlmOptions options = manifest.header().under(given);
          Endpoint endpoint = endpoints.apply(options);
          try (BatchClient client = new BatchClient(endpoint)) {
            LiveBatches live = new LiveBatches(client);
            live.poll(List.copyOf(manifest.batches().in(State.LIVE)));
            return Reports.of(
                ledger.directory(), manifest, manifest.header().tokenLimit(options), live.seen());
          } catch (ServiceException e) {
            throw new Refusals(endpoint.baseUrl(), options.model()).stop(e);
          }
        });
  }

  /**
   * Keeps the results of all batches that have ended, and submits what goes again or waited for
   * room.
   *
   * @param wait whether to wait until all have ended
   * @return how they stand
   * @throws IllegalArgumentException when nothing was submitted
   */
  public BatchReport collect(boolean wait) {
    return resumed(run -> run.until(wait ? Until.DONE : Until.LOOKED, parallelism(), progress));
  }

  /**
   * Gives the batches up. What they have answered by then can be collected.
   *
   * @return how they stand
   * @throws IllegalArgumentException when nothing was submitted
   */
  public BatchReport cancel() {
    return resumed(BatchRun::cancel);
  }

  private BatchReport resumed(Work work) {
    guarded(() -> submitted(Manifest.read(ledger.files())));
    return owned(
        (owner, manifest) ->
            with(owner, manifest, submitted(manifest).header().under(given), work));
  }

  private Manifest submitted(Manifest manifest) {
    if (manifest.header() == null) {
      throw new IllegalArgumentException(
          "Option checkpoint is '"
              + ledger.directory()
              + "', which holds no batches; submit first");
    }
    return manifest;
  }

  private int parallelism() {
    return spark.sparkContext().defaultParallelism();
  }

  private BatchRows rows(LlmOptions options, Endpoint endpoint) {
    return new BatchRows(spark, ledger, options, endpoint);
  }

  private BatchReport with(Owner owner, Manifest manifest, LlmOptions options, Work work)
      throws IOException {
    Endpoint endpoint = endpoints.apply(options);
    try (BatchClient client = new BatchClient(endpoint)) {
      BatchRun run =
          new BatchRun(
              ledger,
              options,
              endpoint,
              manifest,
              owner,
              client,
              rows(options, endpoint),
              partitions);
      work.run(run);
      return run.report();
    }
  }

  private interface Owned {
    BatchReport run(Owner owner, Manifest manifest) throws IOException;
  }

  private BatchReport owned(Owned work) {
    return guarded(
        () -> {
          try (Owner owner = Owner.take(ledger.files(), text -> LOG.warn("{}", text))) {
            return work.run(owner, Manifest.read(ledger.files()));
          }
        });
  }

  private interface Guarded<T> {
    T run() throws IOException;
  }

  private <T> T guarded(Guarded<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read or write the batches in " + ledger.directory() + ": " + e.getMessage(), e);
    }
  }
}

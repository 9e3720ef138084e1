package io.sparkllm.batch;

import io.sparkllm.BatchReport;
import io.sparkllm.LlmException;
import io.sparkllm.LlmOptions;
import io.sparkllm.batch.BatchFile.State;
import io.sparkllm.batch.rows.BatchRows;
import io.sparkllm.batch.rows.Chunk;
import io.sparkllm.batch.rows.ChunkFiles;
import io.sparkllm.batch.rows.ChunkRepair;
import io.sparkllm.batch.rows.FileLimits;
import io.sparkllm.batch.rows.RequestFile;
import io.sparkllm.batch.rows.ResultCounts;
import io.sparkllm.batch.service.BatchClient;
import io.sparkllm.batch.service.RemoteBatch;
import io.sparkllm.batch.service.ServiceException;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.BatchFallback;
import io.sparkllm.ledger.Ledger;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the scheduler's steps. What a step is about to do stands in the manifest before it is
 * done, so that a driver which dies at any moment leaves a state from which the next one goes on.
 * For one thread.
 */
final class BatchRun {
  private static final Logger LOG = LoggerFactory.getLogger(BatchRun.class);

  /** Failures of one kind after which a step is given up. */
  private static final int MOST_TRIES = 3;

  /** Looks for a batch whose create had no reply, within half a minute, until it is made again. */
  private static final int MOST_LOOKS = 6;

  /** Each takes some minutes, as calls are tried several times. */
  private static final int MOST_FAILED_POLLS = 12;

  private final Ledger ledger;
  private final LlmOptions options;
  private final Manifest manifest;
  private final Owner owner;
  private final BatchClient client;
  private final BatchRows rows;
  private final int partitions;
  private final Refusals refusals;
  private final LiveBatches live;
  private final ChunkFiles chunkFiles;
  private final FileLimits limits;
  private final FileNames names;
  private final Map<String, Integer> looks = new HashMap<>();
  private int failedPolls;

  /**
   * Takes what all steps share.
   *
   * @param ledger the checkpoint
   * @param options the options of the calls
   * @param endpoint the service
   * @param manifest where all files stand; has a header
   * @param owner this driver's hold on them
   * @param client speaks with the service
   * @param rows does what executors do
   * @param partitions tasks of a shuffle
   */
  BatchRun(
      Ledger ledger,
      LlmOptions options,
      Endpoint endpoint,
      Manifest manifest,
      Owner owner,
      BatchClient client,
      BatchRows rows,
      int partitions)
      throws IOException {
    this.ledger = ledger;
    this.options = options;
    this.manifest = manifest;
    this.owner = owner;
    this.client = client;
    this.rows = rows;
    this.partitions = partitions;
    this.refusals = new Refusals(endpoint.baseUrl(), options.model());
    this.live = new LiveBatches(client);
    this.chunkFiles = new ChunkFiles(ledger);
    this.limits =
        new FileLimits(
            options.isSet(Options.BATCH_FILE_REQUESTS)
                ? options.get(Options.BATCH_FILE_REQUESTS)
                : endpoint.isAzure() ? 100_000 : 50_000,
            FileLimits.MOST_BYTES,
            Long.MAX_VALUE);
    this.names = new FileNames(manifest.header().run(), manifest.batches());
  }

  /** What one file may hold, as far as is known now. */
  FileLimits limits() {
    return limits.withTokens(tokenLimit());
  }

  private long tokenLimit() {
    return manifest.header().tokenLimit(options);
  }

  /** Ends the run where the service takes no such calls: a wrong key, no Batch API. */
  void requireService() {
    try {
      client.list(null);
    } catch (ServiceException e) {
      throw refusals.stop(e);
    }
  }

  /** Packs chunks into files, which are in the manifest then. */
  void plan(List<Chunk> chunks) throws IOException {
    put(planned(chunks, 1));
  }

  private List<BatchFile> planned(List<Chunk> chunks, int round) {
    return Packer.pack(chunks, limits()).stream()
        .map(packed -> BatchFile.planned(names.next(), round, packed, System.currentTimeMillis()))
        .toList();
  }

  private void put(List<BatchFile> changed) throws IOException {
    if (!changed.isEmpty()) {
      owner.require();
      manifest.put(changed);
    }
  }

  /**
   * Works until the command has come as far as it goes.
   *
   * @param progress told how all stand, after each step
   */
  void until(Until until, int parallelism, Consumer<BatchReport> progress) throws IOException {
    Scheduler scheduler = new Scheduler(until, parallelism);
    while (true) {
      if (manifest.header().cancelled()) {
        giveUp();
      }
      long now = System.nanoTime() / 1_000_000;
      Step step = scheduler.next(manifest.batches(), tokenLimit(), now);
      LOG.debug("{}", step.getClass().getSimpleName());
      if (step instanceof Step.End) {
        return;
      }
      carryOut(step, scheduler);
      progress.accept(report());
    }
  }

  private void carryOut(Step step, Scheduler scheduler) throws IOException {
    try {
      if (step instanceof Step.Lookup lookup) {
        look(lookup.files(), scheduler);
      } else if (step instanceof Step.Repair repair) {
        repair(repair.file());
      } else if (step instanceof Step.Split split) {
        split(split.file());
      } else if (step instanceof Step.Create create) {
        for (BatchFile file : create.files()) {
          if (!create(file, scheduler)) {
            break;
          }
        }
      } else if (step instanceof Step.Upload upload) {
        upload(upload.files(), scheduler);
      } else if (step instanceof Step.Collect collect) {
        collect(collect.files());
      } else if (step instanceof Step.Again again) {
        again(again.files());
      } else if (step instanceof Step.Poll) {
        poll(scheduler);
      } else if (step instanceof Step.Wait wait) {
        pause(wait.millis());
      }
    } catch (ServiceException e) {
      throw refusals.stop(e);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LlmException(
          "Stopped waiting for the batches; they go on, and can be collected later");
    }
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  private static long clock() {
    return System.nanoTime() / 1_000_000;
  }

  private void upload(List<BatchFile> files, Scheduler scheduler) throws IOException {
    scheduler.uploaded(files.size(), clock());
    List<String> ids = rows.upload(forExecutors(files));
    List<BatchFile> uploaded = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      uploaded.add(files.get(i).uploaded(ids.get(i), now()));
    }
    put(uploaded);
  }

  private static List<RequestFile> forExecutors(List<BatchFile> files) {
    return files.stream().map(BatchFile::forExecutor).toList();
  }

  /** Creates a batch; false where the service lets no more be created now. */
  private boolean create(BatchFile file, Scheduler scheduler) throws IOException, ServiceException {
    // Written before, so that a driver that dies now leaves a hint to look for the batch.
    BatchFile creating = file.creating(now());
    put(List.of(creating));
    scheduler.created(1, clock());
    try {
      RemoteBatch batch =
          client.create(
              file.fileId(),
              "/v1" + rows.path(),
              names.metadata(creating),
              options.get(Options.BATCH_FILES_EXPIRE));
      put(List.of(creating.live(batch.id(), now())));
      scheduler.soon(file.name());
      return true;
    } catch (ServiceException e) {
      if (e.isUnknown()) {
        LOG.warn("{}; looking whether the batch was made", e.getMessage());
        looks.put(file.name(), 0);
        scheduler.later(file.name(), clock() + Refusals.FIRST_DELAY.toMillis());
        return false;
      }
      return refused(creating, e, scheduler);
    }
  }

  private boolean refused(BatchFile creating, ServiceException e, Scheduler scheduler)
      throws IOException, ServiceException {
    BatchFile before = creating.uploaded(creating.fileId(), now());
    if (refusals.isTokenLimit(e)) {
      put(List.of(before));
      overLimit(before, e.getMessage(), scheduler);
      return false;
    }
    if (e.isNotFound()) {
      // Right after an upload the service may not see the file yet (protocol notes §1).
      LOG.warn("{}; trying again", e.getMessage());
      int times = refusals.count(creating.name());
      put(List.of(times < 2 * MOST_TRIES ? before : lost(creating, e)));
      scheduler.later(creating.name(), clock() + Refusals.delay(times).toMillis());
      return true;
    }
    put(List.of(before));
    if (!refusals.mayPass(e)) {
      throw e;
    }
    Duration delay = refusals.delayOf(e, refusals.count(creating.name()));
    LOG.warn("{}; trying again in {} s", e.getMessage(), delay.toSeconds());
    manifest
        .batches()
        .in(State.UPLOADED)
        .forEach(file -> scheduler.later(file.name(), clock() + delay.toMillis()));
    return false;
  }

  private BatchFile lost(BatchFile file, ServiceException e) throws ServiceException {
    if (file.tries() >= MOST_TRIES) {
      throw e;
    }
    refusals.forget(file.name());
    return file.lost(now());
  }

  /** Waits for room, in which the limit that was told or found is kept from now on. */
  private void overLimit(BatchFile file, String message, Scheduler scheduler) throws IOException {
    long others = manifest.batches().enqueued();
    long limit = Refusals.limitIn(message);
    if (limit <= 0) {
      limit = others > 0 ? others : Math.max(1, file.tokens() / 2);
    }
    int times = refusals.count(file.name());
    if (others == 0 && file.tokens() <= limit && times % MOST_TRIES == 0 && file.requests() > 1) {
      // Alone and below the limit as we count: we count less than the service does.
      limit = Math.max(1, file.tokens() / 2);
    }
    if (limit < tokenLimit()) {
      LOG.warn("The service lets {} prompt tokens be enqueued: {}", limit, message);
      owner.require();
      manifest.put(manifest.header().withTokenLimit(limit));
    }
    scheduler.later(file.name(), clock() + Refusals.delay(times).toMillis());
  }

  private void look(List<BatchFile> files, Scheduler scheduler)
      throws IOException, ServiceException {
    Map<String, RemoteBatch> found = live.search(files, names);
    List<BatchFile> changed = new ArrayList<>();
    for (BatchFile file : files) {
      RemoteBatch batch = found.get(file.name());
      int times = looks.merge(file.name(), 1, Integer::sum);
      if (batch != null) {
        changed.add(file.live(batch.id(), now()));
        scheduler.soon(file.name());
        if (manifest.header().cancelled()) {
          client.cancel(batch.id());
        }
      } else if (times >= MOST_LOOKS) {
        LOG.info("No batch was made for {}; it is created again", file.name());
        looks.remove(file.name());
        changed.add(file.uploaded(file.fileId(), now()));
        scheduler.soon(file.name());
      } else {
        scheduler.later(file.name(), clock() + Refusals.delay(times).toMillis());
      }
    }
    put(changed);
  }

  private void poll(Scheduler scheduler) throws IOException, ServiceException {
    boolean changed = false;
    Map<BatchFile, RemoteBatch> told;
    try {
      told = live.poll(List.copyOf(manifest.batches().in(State.LIVE)));
      failedPolls = 0;
    } catch (ServiceException e) {
      // Batches run for hours, and a service may be away for some time of them.
      if (!refusals.mayPass(e) || ++failedPolls > MOST_FAILED_POLLS) {
        throw e;
      }
      LOG.warn("{}; looking again later", e.getMessage());
      scheduler.polled(false, true, clock());
      return;
    }
    for (Map.Entry<BatchFile, RemoteBatch> e : told.entrySet()) {
      BatchFile next = next(e.getKey(), e.getValue(), scheduler);
      if (next != null) {
        put(List.of(next));
        changed = true;
        if (next.state() == State.DONE) {
          deleteChunks(List.of(e.getKey()), List.of());
        }
        refusedAsWhole(next, e.getValue(), scheduler);
      }
    }
    for (BatchFile gone : live.gone()) {
      LOG.warn("The batch {} is not there any more; its rows count as missing", gone.batchId());
      put(List.of(gone.ended(null, null, "gone", now())));
      changed = true;
    }
    scheduler.polled(changed || live.hasNews(), live.isSettled(), clock());
  }

  /** How a live file stands, given what the service says; null for no change. */
  private BatchFile next(BatchFile file, RemoteBatch batch, Scheduler scheduler) {
    if (!batch.hasEnded()) {
      return null;
    }
    if (!batch.status().equals("failed")) {
      return live.mayNameFilesLater(batch) ? null : file.ended(batch, now());
    }
    if (refusals.hasTokenLimit(batch) || refusals.fatal(batch) != null) {
      return file.uploaded(file.fileId(), now());
    }
    if (refusals.modelFault(batch, file.requests()) != null) {
      return file.done("failed", now());
    }
    if (batch.errors().stream().anyMatch(problem -> problem.line() > 0)) {
      return file.rejected(now());
    }
    String why = Refusals.words(batch);
    if (file.tries() >= MOST_TRIES) {
      return file.ended(null, null, "failed: " + why, now());
    }
    LOG.warn("The batch {} failed: {}; trying again", batch.id(), why);
    scheduler.later(file.name(), clock() + Refusals.delay(file.tries() + 1).toMillis());
    // The service may only be slow to see a file, so the same one is tried once more first.
    boolean upload = Refusals.isLostFile(batch) && file.tries() > 0;
    return upload ? file.lost(now()) : file.failed(now());
  }

  private void refusedAsWhole(BatchFile file, RemoteBatch batch, Scheduler scheduler)
      throws IOException {
    if (!batch.status().equals("failed")) {
      return;
    }
    LlmException fatal = refusals.fatal(batch);
    LlmException model = refusals.modelFault(batch, file.requests());
    if (fatal != null) {
      throw fatal;
    }
    if (refusals.hasTokenLimit(batch)) {
      overLimit(file, Refusals.words(batch), scheduler);
    } else if (model != null) {
      throw model;
    }
  }

  private void repair(BatchFile file) throws IOException, ServiceException {
    RemoteBatch batch = client.retrieve(file.batchId());
    List<Chunk> left =
        new ChunkRepair(ledger, limits()).withoutRefused(file.forExecutor(), batch.errors());
    LOG.warn(
        "The service refused lines of {} ({}); they get their error, the rest goes again",
        file.name(),
        Refusals.words(batch));
    replace(List.of(file), file.done("failed", now()), left, file.round());
  }

  private void split(BatchFile file) throws IOException {
    LOG.info("{} has more tokens than may be enqueued at once, and is split", file.name());
    List<Chunk> small = new ChunkRepair(ledger, limits()).split(file.chunks());
    replace(List.of(file), file.done("split", now()), small, file.round());
  }

  /** New files in the place of one. */
  private void replace(List<BatchFile> old, BatchFile done, List<Chunk> chunks, int round)
      throws IOException {
    List<BatchFile> changed = new ArrayList<>(planned(chunks, round));
    changed.add(done);
    put(changed);
    deleteChunks(old, chunks);
  }

  private void deleteChunks(List<BatchFile> old, List<Chunk> kept) throws IOException {
    for (BatchFile file : old) {
      List<Chunk> nobodys = new ArrayList<>(file.chunks());
      nobodys.removeAll(kept);
      chunkFiles.delete(nobodys);
    }
  }

  private void collect(List<BatchFile> files) throws IOException {
    List<ResultCounts> counts = rows.collect(forExecutors(files), partitions);
    List<BatchFile> collected = new ArrayList<>();
    String fatal = null;
    for (int i = 0; i < files.size(); i++) {
      collected.add(files.get(i).collected(counts.get(i), now()));
      if (counts.get(i).fatal() > 0 && counts.get(i).answers() == 0) {
        fatal = counts.get(i).fatalMessage();
      }
    }
    put(collected);
    if (fatal != null) {
      throw new LlmException(fatal);
    }
  }

  private void again(List<BatchFile> files) throws IOException {
    List<BatchFile> go = new ArrayList<>();
    List<BatchFile> changed = new ArrayList<>();
    for (BatchFile file : files) {
      changed.add(file.done(file.ending(), now()));
      if (goesAgain(file)) {
        go.add(file);
      }
    }
    Map<Integer, List<Chunk>> byRound = new TreeMap<>();
    List<List<Chunk>> chunks = rows.again(forExecutors(go), limits());
    for (int i = 0; i < go.size(); i++) {
      byRound.computeIfAbsent(go.get(i).round() + 1, r -> new ArrayList<>()).addAll(chunks.get(i));
    }
    byRound.forEach((round, left) -> changed.addAll(planned(left, round)));
    put(changed);
    deleteChunks(files, List.of());
  }

  private boolean goesAgain(BatchFile file) {
    return file.results().again() > 0
        && file.round() < options.get(Options.MAX_ATTEMPTS)
        && options.get(Options.BATCH_FALLBACK) == BatchFallback.NONE
        && !manifest.header().cancelled();
  }

  /** Gives the run up: live batches are cancelled, and what was not submitted is not any more. */
  void cancel() throws IOException {
    owner.require();
    manifest.put(manifest.header().asCancelled());
    try {
      for (Map.Entry<String, RemoteBatch> e :
          live.search(List.copyOf(manifest.batches().in(State.CREATING)), names).entrySet()) {
        put(List.of(manifest.batches().get(e.getKey()).live(e.getValue().id(), now())));
      }
      giveUp();
      for (BatchFile file : manifest.batches().in(State.LIVE)) {
        client.cancel(file.batchId());
      }
      live.poll(List.copyOf(manifest.batches().in(State.LIVE)));
    } catch (ServiceException e) {
      throw refusals.stop(e);
    }
  }

  /** Nothing that is not at the service goes there any more. */
  private void giveUp() throws IOException {
    List<BatchFile> old = new ArrayList<>();
    for (State state : List.of(State.PLANNED, State.UPLOADED, State.REJECTED)) {
      old.addAll(manifest.batches().in(state));
    }
    put(old.stream().map(file -> file.done("cancelled", now())).toList());
    deleteChunks(old, List.of());
  }

  BatchReport report() {
    return Reports.of(ledger.directory(), manifest, tokenLimit(), live.seen());
  }
}

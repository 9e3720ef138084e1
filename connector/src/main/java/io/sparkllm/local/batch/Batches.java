package io.sparkllm.local.batch;

import io.sparkllm.local.files.Catalog;
import io.sparkllm.local.files.FileStore;
import io.sparkllm.local.files.StoredFile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** All batches of an endpoint. Thread-safe; batches run on threads of their own. */
public final class Batches implements AutoCloseable {
  // One batch must not make the others wait; more would take the machine from who is tested.
  private static final int WORKERS = 2;

  private final FileStore files;
  private final LineModel model;
  private final Supplier<BatchScript> script;
  private final LongSupplier epochMillis;
  private final ScheduledThreadPoolExecutor workers;
  private final EnqueuedTokens tokens = new EnqueuedTokens();
  private final BatchTools tools;
  private final Catalog<Batch> batches = new Catalog<>();
  private final Map<String, BatchRun> live = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();

  /**
   * What came of a create.
   *
   * @param batch null when it was refused
   * @param refusal null when it was made
   */
  public record Created(BatchView batch, BatchProblem refusal) {}

  /** When a batch's tokens are counted against its model's limit. */
  public enum TokenCount {
    /** When it is validated: it fails. */
    AT_VALIDATION,
    /** When it is made: the create is refused, unless the file cannot be read. */
    AT_CREATE
  }

  /**
   * Makes an endpoint's batches.
   *
   * @param files input and result files
   * @param model answers lines
   * @param script the behaviour that holds now
   * @param epochMillis the clock, in milliseconds since 1970
   * @param threads of daemons
   */
  public Batches(
      FileStore files,
      LineModel model,
      Supplier<BatchScript> script,
      LongSupplier epochMillis,
      ThreadFactory threads) {
    this.files = files;
    this.model = model;
    this.script = script;
    this.epochMillis = epochMillis;
    this.workers = new ScheduledThreadPoolExecutor(WORKERS, threads);
    workers.setRemoveOnCancelPolicy(true);
    this.tools =
        new BatchTools(
            files, model, script, epochMillis, workers, tokens, batch -> live.remove(batch.id()));
  }

  /**
   * Makes a batch, which begins at once.
   *
   * @param asked what it is to be
   * @param count when its tokens count
   * @return the batch, or why there is none
   * @throws IOException when the input file cannot be read
   */
  public Created create(NewBatch asked, TokenCount count) throws IOException {
    Validation.Result input = count == TokenCount.AT_CREATE ? read(asked) : null;
    if (input != null) {
      long limit = script.get().limits().enqueuedTokens(input.model());
      if (!tokens.reserve(input.model(), input.tokens(), limit)) {
        return new Created(null, BatchRun.tooManyTokens(input.model(), limit));
      }
    }
    String id = "batch_" + UUID.randomUUID().toString().replace("-", "").substring(0, 24);
    Batch batch = new Batch(id, asked, numbers.incrementAndGet(), epochMillis.getAsLong());
    BatchRun run = new BatchRun(batch, tools);
    if (input != null) {
      run.reserved(input.model(), input.tokens());
    }
    BatchView made = batch.view();
    batches.add(id, batch);
    live.put(id, run);
    run.poke();
    return new Created(made, null);
  }

  /**
   * Looks at a batch.
   *
   * @param id its id
   * @return null when there is none
   */
  public BatchView find(String id) {
    Batch batch = batches.find(id);
    return batch == null ? null : batch.look();
  }

  /**
   * Asks a batch to stop.
   *
   * @param id its id
   * @return how it stands now; null when there is none. It is cancelling or cancelled, unless it
   *     had ended otherwise before
   */
  public BatchView cancel(String id) {
    Batch batch = batches.find(id);
    if (batch == null) {
      return null;
    }
    batch.cancel(epochMillis.getAsLong());
    BatchView view = batch.view();
    poke(id);
    return view;
  }

  /**
   * Looks at a page of batches, newest first.
   *
   * @param after id of the last batch of the page before; null = from the start
   * @param limit most batches on the page
   * @return the page; null when there is no {@code after}
   */
  public Catalog.Page<BatchView> page(String after, int limit) {
    Catalog.Page<Batch> page = batches.page(after, limit, Catalog.Order.DESC, batch -> true);
    return page == null
        ? null
        : new Catalog.Page<>(page.items().stream().map(Batch::look).toList(), page.more());
  }

  /** Lets all batches look at the script again. */
  public void scriptChanged() {
    live.keySet().forEach(this::poke);
  }

  /**
   * How many batches there are in each state.
   *
   * @return by the state's name on the wire, without states that none is in
   */
  public Map<String, Long> byState() {
    Map<String, Long> count = new TreeMap<>();
    batches.all().forEach(batch -> count.merge(batch.state().key(), 1L, Long::sum));
    return count;
  }

  /**
   * Prompt tokens of live batches.
   *
   * @return by model
   */
  public Map<String, Long> enqueuedTokens() {
    return tokens.now();
  }

  /**
   * Most prompt tokens that were enqueued at any one time since the last reset.
   *
   * @return by model
   */
  public Map<String, Long> maxEnqueuedTokens() {
    return tokens.most();
  }

  /** Numbers batches from 1 again, and begins anew to look for the most enqueued tokens. */
  public void resetStats() {
    numbers.set(0);
    tokens.reset();
  }

  /** Stops all batches where they are. */
  @Override
  public void close() {
    workers.shutdownNow();
    try {
      if (workers.awaitTermination(5, TimeUnit.SECONDS)) {
        List.copyOf(live.values()).forEach(BatchRun::close);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void poke(String id) {
    BatchRun run = live.get(id);
    if (run != null) {
      run.poke();
    }
  }

  /** What the input file holds; null when it is not there or no batch can be made from it. */
  private Validation.Result read(NewBatch asked) throws IOException {
    StoredFile file = files.find(asked.inputFileId());
    if (file == null) {
      return null;
    }
    Validation.Result input = Validation.of(file.path(), asked.endpoint(), model, script.get());
    return input.problems().isEmpty() ? input : null;
  }
}

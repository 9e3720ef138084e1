package io.sparkllm.local;

import io.sparkllm.local.batch.BatchScript.Gone;
import io.sparkllm.local.batch.BatchState;
import io.sparkllm.local.batch.BatchView;
import io.sparkllm.local.batch.Batches;
import io.sparkllm.local.batch.NewBatch;
import io.sparkllm.local.files.Catalog;
import io.sparkllm.local.files.FileStore;
import io.sparkllm.local.files.StoredFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** {@code /v1/batches}: bodies as in OpenAI's OpenAPI 2.3.0, refusals as services were seen to. */
final class BatchesApi {
  private static final int DEFAULT_PAGE = 20;
  private static final int MAX_PAGE = 100;

  private final Batches batches;
  private final FileStore files;
  private final Supplier<StoreScript> script;
  private final RecentCount recent = new RecentCount();
  private final AtomicLong made = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  BatchesApi(Batches batches, FileStore files, Supplier<StoreScript> script) {
    this.batches = batches;
    this.files = files;
    this.script = script;
  }

  Reply create(Call call) {
    StoreScript now = script.get();
    NewBatch asked = CreateBody.read(BodyFields.object(call.body()), now);
    // A file that does not exist is no reason to refuse; one that is not seen yet may be.
    StoredFile file = files.find(asked.inputFileId());
    if (file != null
        && now.lag().creates() == StoreScript.LagCreates.REFUSE
        && FilesApi.lags(file, now.lag())) {
      throw StoreErrors.notSeen(file.id(), now.lag().status()).exception();
    }
    if (!recent.admit(
        now.creates().limit(), now.creates().perSeconds() * 1000, System.currentTimeMillis())) {
      refused.incrementAndGet();
      throw StoreErrors.tooMany("batch creates", now.creates()).exception();
    }
    boolean atCreate = now.tokenRefusal() != StoreScript.TokenRefusal.FAILED;
    Batches.Created created;
    try {
      created =
          batches.create(
              asked, atCreate ? Batches.TokenCount.AT_CREATE : Batches.TokenCount.AT_VALIDATION);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (created.refusal() != null) {
      refused.incrementAndGet();
      throw new ApiError(
              now.tokenRefusal().status(),
              "invalid_request_error",
              created.refusal().code(),
              null,
              created.refusal().message())
          .exception();
    }
    made.incrementAndGet();
    return told(created.batch(), now);
  }

  Reply retrieve(Call call) {
    StoreScript now = script.get();
    String id = call.pathVariable("id");
    BatchView batch = now.batch().gone().contains(Gone.BATCHES) ? null : batches.find(id);
    if (batch == null) {
      throw StoreErrors.noBatch(id).exception();
    }
    return told(batch, now);
  }

  Reply list(Call call) {
    StoreScript now = script.get();
    Query query = new Query(call);
    int limit = query.whole("limit", DEFAULT_PAGE, 1, MAX_PAGE);
    Catalog.Page<BatchView> page =
        now.batch().gone().contains(Gone.BATCHES)
            ? new Catalog.Page<>(java.util.List.of(), false)
            : batches.page(query.text("after"), limit);
    if (page == null) {
      throw StoreErrors.noBatch(query.text("after")).exception();
    }
    return Reply.json(
        200,
        Json.bytes(ListBody.of(page, BatchView::id, batch -> new BatchWire(batch, now).body())));
  }

  Reply cancel(Call call) {
    StoreScript now = script.get();
    String id = call.pathVariable("id");
    BatchView batch = now.batch().gone().contains(Gone.BATCHES) ? null : batches.cancel(id);
    if (batch == null) {
      throw StoreErrors.noBatch(id).exception();
    }
    if (batch.state() != BatchState.CANCELLING && batch.state() != BatchState.CANCELLED) {
      throw StoreErrors.cannotCancel(batch.state().key()).exception();
    }
    return told(batch, now);
  }

  private static Reply told(BatchView batch, StoreScript now) {
    return Reply.json(200, Json.bytes(new BatchWire(batch, now).body()));
  }

  long made() {
    return made.get();
  }

  long refused() {
    return refused.get();
  }

  void reset() {
    made.set(0);
    refused.set(0);
  }
}

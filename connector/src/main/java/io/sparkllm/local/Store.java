package io.sparkllm.local;

import io.sparkllm.local.batch.BatchStats;
import io.sparkllm.local.batch.Batches;
import io.sparkllm.local.files.FileStore;
import io.sparkllm.local.files.Upload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/** Files and batches of one endpoint: their routes, their clock, their counts. */
final class Store implements AutoCloseable {
  private static final String FILES = "/v1/files";
  private static final String BATCHES = "/v1/batches";

  private final FileStore files;
  private final Batches batches;
  private final BatchLines lines;
  private final FilesApi filesApi;
  private final BatchesApi batchesApi;
  private final StoreCalls calls;

  Store(ServerState state, ModelService models, ThreadFactory threads) {
    LongSupplier clock =
        () ->
            System.currentTimeMillis()
                + state.script().store().batch().timing().aheadSeconds() * 1000;
    this.files = new FileStore(() -> clock.getAsLong() / 1000);
    this.lines = new BatchLines(state, models);
    this.batches = new Batches(files, lines, () -> state.script().store().batch(), clock, threads);
    this.filesApi = new FilesApi(files, () -> state.script().store());
    this.batchesApi = new BatchesApi(batches, files, () -> state.script().store());
    this.calls = new StoreCalls(() -> state.script().store());
  }

  /** The routes; {@code prefix} is what stands before {@code /v1}. */
  List<Route> routes(String prefix) {
    String file = prefix + FILES;
    String batch = prefix + BATCHES;
    List<Route> routes = new ArrayList<>();
    routes.add(Route.slow("POST", file, around(StoreCall.UPLOAD, filesApi::upload)));
    routes.add(Route.api("GET", file, around(StoreCall.LIST_FILES, filesApi::list)));
    routes.add(
        Route.api("GET", file + "/{id}", around(StoreCall.RETRIEVE_FILE, filesApi::retrieve)));
    routes.add(
        Route.api("DELETE", file + "/{id}", around(StoreCall.DELETE_FILE, filesApi::delete)));
    routes.add(
        Route.api("GET", file + "/{id}/content", around(StoreCall.CONTENT, filesApi::content)));
    routes.add(Route.slow("POST", batch, around(StoreCall.CREATE, batchesApi::create)));
    routes.add(Route.api("GET", batch, around(StoreCall.LIST, batchesApi::list)));
    routes.add(Route.api("GET", batch + "/{id}", around(StoreCall.RETRIEVE, batchesApi::retrieve)));
    routes.add(
        Route.api("POST", batch + "/{id}/cancel", around(StoreCall.CANCEL, batchesApi::cancel)));
    return routes;
  }

  /** Where the body of an upload goes; null for any other call. */
  Upload upload(Call call) {
    boolean files = call.path().equals(FILES) || call.path().equals("/openai" + FILES);
    return files && call.method().equals("POST")
        ? filesApi.begin(call.header("Content-Type"))
        : null;
  }

  /** Lets batches look at the script again. */
  void scriptChanged() {
    batches.scriptChanged();
  }

  BatchStats stats() {
    return new BatchStats(
        files.size(),
        calls.counts(),
        filesApi.taken(),
        filesApi.refused(),
        batchesApi.made(),
        batchesApi.refused(),
        batches.byState(),
        lines.lines(),
        lines.answers(),
        lines.doubleIds(),
        batches.enqueuedTokens(),
        batches.maxEnqueuedTokens());
  }

  void resetStats() {
    calls.reset();
    filesApi.reset();
    batchesApi.reset();
    batches.resetStats();
    lines.reset();
  }

  @Override
  public void close() {
    batches.close();
    files.close();
  }

  private Route.Handler around(StoreCall kind, Route.Handler handler) {
    return calls.around(kind, handler);
  }
}

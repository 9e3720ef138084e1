package io.sparkllm.local;

import io.sparkllm.local.files.Upload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** The whole surface of the server: the route table, and what holds for every call. */
final class Routes {
  private final ServerState state;
  private final ModelService models;
  private final Store store;
  private final RouteTable table;

  /**
   * The surface of a server.
   *
   * @param threads of daemons, on which batches run
   */
  Routes(ServerState state, ThreadFactory threads) {
    this.state = state;
    this.models = new ModelService(state);
    this.store = new Store(state, models, threads);
    ControlApi control = new ControlApi(this);
    Route.Handler chat = model(ModelApis.named(ModelApis.CHAT));
    Route.Handler responses = model(ModelApis.named(ModelApis.RESPONSES));
    Route.Handler embeddings = model(ModelApis.named(ModelApis.EMBEDDINGS));
    Route.Handler moderations = model(ModelApis.named(ModelApis.MODERATIONS));
    Route.Handler conversations = model(new ConversationsApi());
    List<Route> routes =
        new ArrayList<>(
            List.of(
                Route.api("POST", "/v1/chat/completions", chat),
                Route.api("POST", "/v1/responses", responses),
                Route.slow("POST", "/v1/chat/completions/batch", conversations),
                Route.slow("POST", "/v1/embeddings", embeddings),
                Route.slow("POST", "/v1/moderations", moderations),
                Route.api("GET", "/v1/models", this::listModels),
                Route.api("GET", "/v1/models/{id}", this::oneModel),
                Route.api("POST", "/openai/v1/chat/completions", chat),
                Route.api("POST", "/openai/v1/responses", responses),
                Route.api("GET", "/openai/v1/models", this::listModels),
                Route.api("POST", "/openai/deployments/{deployment}/chat/completions", dated(chat)),
                Route.slow("POST", "/openai/v1/embeddings", embeddings),
                Route.slow(
                    "POST", "/openai/deployments/{deployment}/embeddings", dated(embeddings)),
                Route.control("GET", "/stats", control::stats),
                Route.control("POST", "/stats/reset", control::resetStats),
                Route.control("GET", "/script", control::script),
                Route.control("PUT", "/script", control::putScript),
                Route.control("GET", "/health", control::health)));
    routes.addAll(store.routes(""));
    routes.addAll(store.routes("/openai"));
    this.table = new RouteTable(routes);
  }

  /** Answers a call; refusals are answers too. */
  Reply handle(Call call) {
    Route route = null;
    try {
      route = route(call);
      if (!route.counted()) {
        return route.handle(call);
      }
      state.stats().path(route.pattern());
      Keys.check(call, state.script().requireKey());
      return decided(route.handle(call));
    } catch (ApiException e) {
      if (route == null) {
        state.stats().path("unknown");
      }
      return route == null || route.counted() ? decided(e.error().reply()) : e.error().reply();
    }
  }

  /** The script may add paths. */
  private Route route(Call call) {
    String added = state.script().arrays().paths().get(call.path());
    return added == null || !call.method().equals("POST")
        ? table.find(call)
        : Route.api("POST", call.path(), addedArrays(ModelApis.named(added)));
  }

  /** Whether a path belongs to the control routes, which are not counted. */
  static boolean isControl(String path) {
    return path.equals("/stats")
        || path.equals("/stats/reset")
        || path.equals("/script")
        || path.equals("/health");
  }

  /** Whether the route of this call may block. */
  boolean isSlow(Call call) {
    return table.isSlow(call) || call.beginsArray();
  }

  /** Where the body of an upload goes; null for any other call. */
  Upload upload(Call call) {
    return store.upload(call);
  }

  ServerState state() {
    return state;
  }

  EndpointStats stats() {
    return state.stats().snapshot(store.stats());
  }

  /** Behaves otherwise from now on; batches that run look at it at once. */
  void script(EndpointScript changed) {
    state.script(changed);
    store.scriptChanged();
  }

  void reset() {
    models.reset();
    store.resetStats();
    state.stats().reset();
  }

  /** Stops batches and removes files. */
  void close() {
    store.close();
  }

  private Reply decided(Reply reply) {
    state.stats().decided(reply);
    return reply;
  }

  private Route.Handler model(ModelApi api) {
    return call ->
        call.beginsArray()
            ? models.array(api, call, state.script().arrays().accept())
            : models.call(api, call);
  }

  private Route.Handler addedArrays(ModelApi api) {
    return call -> call.beginsArray() ? models.array(api, call, true) : models.call(api, call);
  }

  /** Azure's dated API: without {@code api-version} it answers 404 "Resource not found". */
  private static Route.Handler dated(Route.Handler handler) {
    return call -> {
      if (!call.query().contains("api-version=")) {
        throw new ApiError(404, null, "404", null, "Resource not found").exception();
      }
      return handler.handle(call);
    };
  }

  private Reply listModels(Call call) {
    return Reply.json(200, Json.bytes(Models.list(state.script())));
  }

  private Reply oneModel(Call call) {
    String id = call.pathVariable("id");
    if (!Models.knows(id, state.script())) {
      throw ApiError.unknownModel(id).exception();
    }
    return Reply.json(200, Json.bytes(Models.describe(id)));
  }
}

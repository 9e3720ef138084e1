package io.sparkllm.local;

import java.nio.charset.StandardCharsets;

/** The routes by which a test steers and watches the server. */
final class ControlApi {
  private final ServerState state;
  private final Runnable reset;

  ControlApi(ServerState state, Runnable reset) {
    this.state = state;
    this.reset = reset;
  }

  Reply health(Call call) {
    return Reply.json(200, Json.bytes(Json.object().put("status", "ok")));
  }

  Reply stats(Call call) {
    return Reply.json(200, Json.bytes(state.stats().snapshot()));
  }

  Reply resetStats(Call call) {
    reset.run();
    return stats(call);
  }

  Reply script(Call call) {
    return Reply.json(200, state.script().toString().getBytes(StandardCharsets.UTF_8));
  }

  Reply putScript(Call call) {
    try {
      state.script(EndpointScript.parse(new String(call.body(), StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      throw ApiError.invalid("invalid_script", null, e.getMessage()).exception();
    }
    return script(call);
  }
}

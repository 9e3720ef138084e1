package io.sparkllm.local;

import java.nio.charset.StandardCharsets;

/** The routes by which a test steers and watches the server. */
final class ControlApi {
  private final Routes routes;

  ControlApi(Routes routes) {
    this.routes = routes;
  }

  Reply health(Call call) {
    return Reply.json(200, Json.bytes(Json.object().put("status", "ok")));
  }

  Reply stats(Call call) {
    return Reply.json(200, Json.bytes(routes.stats()));
  }

  Reply resetStats(Call call) {
    routes.reset();
    return stats(call);
  }

  Reply script(Call call) {
    return Reply.json(200, routes.state().script().toString().getBytes(StandardCharsets.UTF_8));
  }

  Reply putScript(Call call) {
    try {
      routes.script(EndpointScript.parse(new String(call.body(), StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      throw ApiError.invalid("invalid_script", null, e.getMessage()).exception();
    }
    return script(call);
  }
}

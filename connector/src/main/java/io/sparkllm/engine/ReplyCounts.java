package io.sparkllm.engine;

import io.sparkllm.http.Reply;
import io.sparkllm.openai.RateHeaders;
import io.sparkllm.throttle.Observed;
import java.time.Instant;
import java.util.Map;

/** What replies told of the service's limits, until the driver hears of it. Not thread-safe. */
final class ReplyCounts {
  private long accepted;
  private long throttled;
  private boolean slowDown;

  /** The latest headers that tell of limits; read only when somebody asks. */
  private Map<String, String> headers = Map.of();

  void headers(Reply reply) {
    if (reply instanceof Reply.Response response
        && (response.headers().containsKey("x-ratelimit-limit-requests")
            || response.headers().containsKey("x-ratelimit-limit-tokens"))) {
      headers = response.headers();
    }
  }

  void accepted() {
    accepted++;
  }

  void throttled(String code) {
    throttled++;
    slowDown |= "slow_down".equals(code);
  }

  /** All of it, with the pause that the service asks; begins anew. */
  Observed take(long pauseNanos) {
    Map<String, String> seen = headers;
    // First: headers that cannot be read must not be met again.
    headers = Map.of();
    Instant now = Instant.now();
    Observed observed =
        new Observed(
            accepted,
            throttled,
            slowDown,
            pauseNanos,
            RateHeaders.read(seen, "requests", now),
            RateHeaders.read(seen, "tokens", now));
    accepted = 0;
    throttled = 0;
    slowDown = false;
    return observed;
  }

  /** Takes back what did not reach the driver; newer headers will. */
  void untold(Observed observed) {
    accepted += observed.accepted();
    throttled += observed.throttled();
    slowDown |= observed.slowDown();
  }
}

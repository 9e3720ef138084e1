package io.sparkllm.engine;

import io.sparkllm.config.Endpoint;
import io.sparkllm.http.RetryPolicy;
import io.sparkllm.openai.ReplyReader;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * What all calls of a task have in common.
 *
 * @param endpoint where they go, for messages
 * @param model the model, for messages
 * @param url the URL of a call
 * @param headers the request's headers, the key's among them
 * @param reader reads replies
 * @param retry decides about further attempts
 * @param requestTimeout time of one attempt
 * @param rowTimeout time of a row from its first call
 * @param stage the stage that they belong to
 * @param failsJob whether a fatal cause fails the job
 */
record CallPlan(
    Endpoint endpoint,
    String model,
    URI url,
    Map<String, String> headers,
    ReplyReader reader,
    RetryPolicy retry,
    Duration requestTimeout,
    Duration rowTimeout,
    Stage stage,
    boolean failsJob) {
  CircuitBreaker breaker() {
    return stage.breaker();
  }

  /** Headers hold the key. */
  @Override
  public String toString() {
    return "CallPlan(" + url + ")";
  }
}

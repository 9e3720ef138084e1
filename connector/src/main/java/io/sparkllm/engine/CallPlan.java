package io.sparkllm.engine;

import io.sparkllm.config.Endpoint;
import io.sparkllm.http.RetryPolicy;
import io.sparkllm.openai.ReplyReader;
import io.sparkllm.openai.RequestCodec;
import io.sparkllm.openai.TypedAnswers;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * What all calls of a task have in common.
 *
 * @param endpoint where they go, for messages
 * @param model the model, for messages
 * @param url the URL of a request in the form of the codec
 * @param aloneUrl the URL of a request for one row as the API takes it
 * @param headers the request's headers, the key's among them
 * @param codec how the rows of a request travel
 * @param reader reads replies
 * @param retry decides about further attempts
 * @param requestTimeout time of one attempt
 * @param rowTimeout time of a row from its first call
 * @param stage the stage that they belong to
 * @param failsJob whether a fatal cause fails the job
 * @param batchSize rows of a request at most
 * @param mostTokens tokens of a request's prompt at most, as estimated
 * @param fallsBack whether rows are asked one by one where the service does not know the form
 * @param typed the schema that answers have to fit; null for none
 * @param schemaRetries how often a row is asked again whose answer does not fit
 * @param leavesTier whether the default tier is asked where the flex tier has no room
 */
record CallPlan(
    Endpoint endpoint,
    String model,
    URI url,
    URI aloneUrl,
    Map<String, String> headers,
    RequestCodec codec,
    ReplyReader reader,
    RetryPolicy retry,
    Duration requestTimeout,
    Duration rowTimeout,
    Stage stage,
    boolean failsJob,
    int batchSize,
    long mostTokens,
    boolean fallsBack,
    TypedAnswers typed,
    int schemaRetries,
    boolean leavesTier) {
  /** A call should not take longer: large ones are slow to cancel and dear to lose. */
  private static final Duration TARGET = Duration.ofSeconds(30);

  CircuitBreaker breaker() {
    return stage.breaker();
  }

  BatchSize size() {
    return stage.size();
  }

  /** What a request of many rows should take at most. */
  Duration target() {
    Duration part = requestTimeout.dividedBy(4);
    return part.compareTo(TARGET) < 0 ? part : TARGET;
  }

  /** Whether rows are asked one by one although the options name another form. */
  boolean isAlone() {
    return fallsBack && size().isUnknown();
  }

  /** Headers hold the key. */
  @Override
  public String toString() {
    return "CallPlan(" + url + ")";
  }
}

package io.sparkllm.batch.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Json;
import io.sparkllm.http.HttpFiles;
import io.sparkllm.http.Reply;
import io.sparkllm.http.RetryPolicy;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Failure;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.ReplyReader;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The service's files and batches (protocol notes §1 and §2). What can be asked twice is asked
 * again after a failure that may pass; a batch is not created twice. For one thread.
 */
public final class BatchClient implements AutoCloseable {
  /** Attempts of one call. */
  private static final int ATTEMPTS = 6;

  /** All attempts of one call together; a service that is down longer is for the caller to wait. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final int PAGE = 100;

  private final Endpoint endpoint;
  private final HttpFiles http;
  private final RetryPolicy retry =
      new RetryPolicy(ATTEMPTS, () -> ThreadLocalRandom.current().nextDouble());

  /**
   * Opens no connection yet.
   *
   * @param endpoint the service
   */
  public BatchClient(Endpoint endpoint) {
    this.endpoint = endpoint;
    this.http = new HttpFiles(endpoint.revealHeaders());
  }

  /**
   * Uploads a file of requests.
   *
   * @param name its name, which has to end in {@code .jsonl}
   * @param lines the requests
   * @param expires after how long the service deletes it; null for its default, 30 days
   * @return its id
   * @throws ServiceException when the service refuses, or cannot be reached
   */
  public String upload(String name, LineBody lines, Duration expires) throws ServiceException {
    List<Map.Entry<String, String>> fields = new ArrayList<>();
    fields.add(Map.entry("purpose", "batch"));
    if (expires != null) {
      fields.add(Map.entry("expires_after[anchor]", "created_at"));
      fields.add(Map.entry("expires_after[seconds]", String.valueOf(expires.toSeconds())));
    }
    String call = "Cannot upload " + name;
    // A file that was uploaded twice costs nothing.
    return id(
        call,
        json(
            call,
            again(
                call,
                () -> http.upload(url("/files"), fields, name, lines.length(), lines::writeTo))));
  }

  /**
   * Makes a batch. Asked once: where the reply is lost, {@link ServiceException#isUnknown} tells.
   *
   * @param fileId the file with its requests
   * @param path the API that the requests are for, such as {@code /v1/chat/completions}
   * @param metadata texts by which it is found again
   * @param expires after how long the service deletes its results; null for its default, 30 days
   * @return the batch
   * @throws ServiceException when the service refuses, or the reply is lost
   */
  public RemoteBatch create(
      String fileId, String path, Map<String, String> metadata, Duration expires)
      throws ServiceException {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("input_file_id", fileId);
    body.put("endpoint", path);
    body.put("completion_window", "24h");
    body.set("metadata", Json.MAPPER.valueToTree(metadata));
    if (expires != null) {
      body.putObject("output_expires_after")
          .put("anchor", "created_at")
          .put("seconds", expires.toSeconds());
    }
    String call = "Cannot create a batch";
    Reply reply = http.post(url("/batches"), body.toString());
    if (reply instanceof Reply.Response response && isOk(response)) {
      try {
        return batch(call, response);
      } catch (ServiceException e) {
        throw new ServiceException(call, e.failure(), true);
      }
    }
    Failure failure = failure(reply);
    throw new ServiceException(call, failure, isLost(reply, failure));
  }

  /** A server that failed, or did not answer in time, may have made the batch before. */
  private static boolean isLost(Reply reply, Failure failure) {
    return reply instanceof Reply.Broken broken
        ? broken.cause() != Reply.Cause.UNREACHABLE
        : failure.error().type() == ErrorType.SERVER || failure.error().type() == ErrorType.TIMEOUT;
  }

  /**
   * Looks at a batch.
   *
   * @param id its id
   * @return the batch
   * @throws ServiceException when the service refuses, or cannot be reached
   */
  public RemoteBatch retrieve(String id) throws ServiceException {
    String call = "Cannot look at the batch " + id;
    return batch(call, again(call, () -> http.get(url("/batches/" + part(id)))));
  }

  /**
   * Lists the account's batches, the newest first, 100 at once.
   *
   * @param after the id behind which the page begins; null for the newest
   * @return a page
   * @throws ServiceException when the service refuses, or cannot be reached
   */
  public BatchPage list(String after) throws ServiceException {
    String query = "limit=" + PAGE + (after == null ? "" : "&after=" + part(after));
    String call = "Cannot list batches";
    JsonNode page = json(call, again(call, () -> http.get(endpoint.serviceUrl("/batches", query))));
    List<RemoteBatch> batches = new ArrayList<>();
    page.path("data").forEach(batch -> batches.add(RemoteBatch.of(batch)));
    return new BatchPage(batches, page.path("has_more").asBoolean() && !batches.isEmpty());
  }

  /**
   * Asks the service to stop a batch, which takes it some minutes. One that has ended stays so.
   *
   * @param id its id
   * @throws ServiceException when the service refuses, or cannot be reached
   */
  public void cancel(String id) throws ServiceException {
    String call = "Cannot cancel the batch " + id;
    try {
      again(call, () -> http.post(url("/batches/" + part(id) + "/cancel"), ""));
    } catch (ServiceException e) {
      Integer status = e.failure().error().status();
      // 409: it has ended meanwhile.
      if (status == null || (status != 409 && !e.isNotFound())) {
        throw e;
      }
    }
  }

  /**
   * Fetches a result file.
   *
   * @param fileId its id
   * @param target the file that it is written to, whatever stood there before
   * @throws ServiceException when the service refuses, or cannot be reached
   */
  public void download(String fileId, Path target) throws ServiceException {
    String call = "Cannot read the file " + fileId;
    again(call, () -> http.download(url("/files/" + part(fileId) + "/content"), target));
  }

  /** Ids are the service's, and may hold anything. */
  private static String part(String id) {
    return URLEncoder.encode(id, StandardCharsets.UTF_8);
  }

  private URI url(String path) {
    return endpoint.serviceUrl(path, null);
  }

  private RemoteBatch batch(String call, Reply.Response response) throws ServiceException {
    JsonNode json = json(call, response);
    id(call, json);
    return RemoteBatch.of(json);
  }

  private String id(String call, JsonNode json) throws ServiceException {
    String id = json.path("id").asText("");
    if (id.isBlank()) {
      throw unreadable(call, "holds no id");
    }
    return id;
  }

  private JsonNode json(String call, Reply.Response response) throws ServiceException {
    try {
      JsonNode json = Json.parse(new String(response.body(), StandardCharsets.UTF_8));
      if (json.isObject()) {
        return json;
      }
    } catch (JsonProcessingException e) {
      // As unreadable as one of another shape.
    }
    throw unreadable(call, "is no JSON object");
  }

  private static ServiceException unreadable(String call, String why) {
    Outcome.Failed error =
        Outcome.Failed.of(
            ErrorType.INVALID_RESPONSE,
            "invalid_body",
            "The reply "
                + why
                + "; does the endpoint have a Batch API, and does its base URL end in /v1?");
    return new ServiceException(call, new Failure(error, Reaction.ROW, null), false);
  }

  /** One attempt. */
  private interface Attempt {
    Reply run();
  }

  private Reply.Response again(String call, Attempt attempt) throws ServiceException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    int failures = 0;
    int throttles = 0;
    while (true) {
      Reply reply = attempt.run();
      if (reply instanceof Reply.Response response && isOk(response)) {
        return response;
      }
      Failure failure = failure(reply);
      if (failure.reaction() == Reaction.THROTTLE || failure.reaction() == Reaction.CAPACITY) {
        throttles++;
      } else {
        failures++;
      }
      Optional<Duration> wait =
          retry.next(failure, failures, throttles, Duration.ofNanos(until - System.nanoTime()));
      if (wait.isEmpty()) {
        throw new ServiceException(call, failure, false);
      }
      sleep(call, failure, wait.get());
    }
  }

  private static void sleep(String call, Failure failure, Duration wait) throws ServiceException {
    try {
      Thread.sleep(wait.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException(call, failure, false);
    }
  }

  private static boolean isOk(Reply.Response response) {
    return response.status() >= 200 && response.status() < 300;
  }

  private Failure failure(Reply reply) {
    if (reply instanceof Reply.Response response) {
      return ReplyReader.failure(
          response.status(), response.headers(), response.body(), Instant.now(), endpoint::redact);
    }
    return ((Reply.Broken) reply).failure();
  }

  @Override
  public void close() {
    http.close();
  }
}

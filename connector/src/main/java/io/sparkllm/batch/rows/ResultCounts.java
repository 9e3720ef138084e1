package io.sparkllm.batch.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.config.Json;

/**
 * What became of the requests of batches. Immutable.
 *
 * @param answers requests with an answer
 * @param errors requests with an error, of whatever kind
 * @param again of these: errors that may pass, missing ones and fatal ones among them
 * @param missing requests of which the results say nothing
 * @param doubles lines beyond the first of a request
 * @param strangers lines of requests that were not in the batch
 * @param unreadable lines that cannot be read
 * @param fatal errors that every further row would share
 * @param fatalMessage what the service said of one of them; null where there is none
 */
public record ResultCounts(
    long answers,
    long errors,
    long again,
    long missing,
    long doubles,
    long strangers,
    long unreadable,
    long fatal,
    String fatalMessage) {
  /** Nothing. */
  public static final ResultCounts NONE = new ResultCounts(0, 0, 0, 0, 0, 0, 0, 0, null);

  /**
   * Both together.
   *
   * @param other others
   * @return the sums
   */
  public ResultCounts plus(ResultCounts other) {
    return new ResultCounts(
        answers + other.answers,
        errors + other.errors,
        again + other.again,
        missing + other.missing,
        doubles + other.doubles,
        strangers + other.strangers,
        unreadable + other.unreadable,
        fatal + other.fatal,
        fatalMessage == null ? other.fatalMessage : fatalMessage);
  }

  /**
   * As JSON, for the manifest.
   *
   * @return an object that {@link #of} reads
   */
  public ObjectNode json() {
    return Json.MAPPER
        .createObjectNode()
        .put("answers", answers)
        .put("errors", errors)
        .put("again", again)
        .put("missing", missing)
        .put("doubles", doubles)
        .put("strangers", strangers)
        .put("unreadable", unreadable)
        .put("fatal", fatal)
        .put("fatal_message", fatalMessage);
  }

  /**
   * Reads what {@link #json} made.
   *
   * @param json the object
   * @return the counts
   */
  public static ResultCounts of(JsonNode json) {
    return new ResultCounts(
        json.path("answers").asLong(),
        json.path("errors").asLong(),
        json.path("again").asLong(),
        json.path("missing").asLong(),
        json.path("doubles").asLong(),
        json.path("strangers").asLong(),
        json.path("unreadable").asLong(),
        json.path("fatal").asLong(),
        json.path("fatal_message").textValue());
  }
}

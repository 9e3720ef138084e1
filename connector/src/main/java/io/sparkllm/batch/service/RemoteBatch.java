package io.sparkllm.batch.service;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A batch as the service tells it (protocol notes §2). All but the id and the status may be
 * missing, empty or wrong. Immutable.
 *
 * @param id its id
 * @param status its state in lower case; any text
 * @param inputFileId the file with its requests; null where not told
 * @param outputFileId the file with its answers; null where there is none, or none yet
 * @param errorFileId the file with its failed requests; null where there is none, or none yet
 * @param errors why its file was refused
 * @param counts what it says of its requests, which may be wrong
 * @param createdAt seconds since 1970; 0 where not told
 * @param expiresAt seconds since 1970; 0 where not told
 * @param promptTokens tokens that its requests used; 0 where not told
 * @param metadata what it was created with
 */
public record RemoteBatch(
    String id,
    String status,
    String inputFileId,
    String outputFileId,
    String errorFileId,
    List<Problem> errors,
    Counts counts,
    long createdAt,
    long expiresAt,
    long promptTokens,
    Map<String, String> metadata) {
  /** States after which nothing changes any more. What is not known is none of them. */
  private static final Set<String> ENDED = Set.of("completed", "failed", "expired", "cancelled");

  /** Copies the lists. */
  public RemoteBatch {
    errors = List.copyOf(errors);
    metadata = Map.copyOf(metadata);
  }

  /**
   * Why a file was refused.
   *
   * @param code for example {@code invalid_json_line}; may be null
   * @param message the service's words
   * @param line the line, from 1; 0 where it concerns the whole file
   */
  public record Problem(String code, String message, int line) {}

  /**
   * What a batch says of its requests.
   *
   * @param total requests; 0 while they are not counted
   * @param completed answered
   * @param failed not answered
   */
  public record Counts(long total, long completed, long failed) {}

  /**
   * Whether nothing will change any more.
   *
   * @return false for states that are not known
   */
  public boolean hasEnded() {
    return ENDED.contains(status);
  }

  /**
   * Reads the service's JSON.
   *
   * @param json a batch object
   * @return the batch
   */
  static RemoteBatch of(JsonNode json) {
    JsonNode counts = json.path("request_counts");
    return new RemoteBatch(
        json.path("id").asText(""),
        // British and American; some servers write in capitals.
        json.path("status").asText("").toLowerCase(Locale.ROOT).replace("canceled", "cancelled"),
        text(json, "input_file_id"),
        text(json, "output_file_id"),
        text(json, "error_file_id"),
        problems(json.path("errors")),
        new Counts(
            counts.path("total").asLong(),
            counts.path("completed").asLong(),
            counts.path("failed").asLong()),
        seconds(json.path("created_at")),
        seconds(json.path("expires_at")),
        json.path("usage").path("input_tokens").asLong(),
        metadata(json.path("metadata")));
  }

  /** Azure says "" where others say null. */
  private static String text(JsonNode json, String name) {
    String text = json.path(name).asText("");
    return json.path(name).isNull() || text.isBlank() ? null : text;
  }

  private static List<Problem> problems(JsonNode errors) {
    List<Problem> all = new ArrayList<>();
    for (JsonNode error : errors.isArray() ? errors : errors.path("data")) {
      all.add(
          new Problem(
              text(error, "code"), error.path("message").asText(""), error.path("line").asInt()));
    }
    return all;
  }

  private static long seconds(JsonNode time) {
    if (time.isNumber()) {
      return time.asLong();
    }
    try {
      return OffsetDateTime.parse(time.asText("")).toEpochSecond();
    } catch (DateTimeParseException e) {
      return 0;
    }
  }

  private static Map<String, String> metadata(JsonNode json) {
    Map<String, String> all = new HashMap<>();
    json.properties().forEach(e -> all.put(e.getKey(), e.getValue().asText("")));
    return all;
  }

  /**
   * When the service gives up on it.
   *
   * @return null where it does not say
   */
  public Instant expiry() {
    return expiresAt == 0 ? null : Instant.ofEpochSecond(expiresAt);
  }
}

package io.sparkllm.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.config.Json;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.ReplyReader.Reading;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;

/**
 * Reads a line of a batch's results, in all the shapes of protocol notes §4: an answer, an HTTP
 * failure with {@code error} null, a request that was never executed, a status of 0, error objects
 * and texts beside a response. Thread-safe.
 */
public final class ResultLine {
  private final ReplyReader reader;

  /**
   * Reads lines of one API.
   *
   * @param reader reads the replies inside of them
   */
  public ResultLine(ReplyReader reader) {
    this.reader = reader;
  }

  /**
   * The {@code custom_id} of a line, without reading the rest of it.
   *
   * @param line JSON in UTF-8
   * @return null where it has none that can be read
   */
  public static String customId(byte[] line) {
    try (JsonParser parser = Json.MAPPER.createParser(line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean found = parser.currentName().equals("custom_id");
        parser.nextToken();
        if (found) {
          return parser.getValueAsString();
        }
        parser.skipChildren();
      }
      return null;
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * What a line says.
   *
   * @param line JSON in UTF-8
   * @return an answer or a failure; null where the line is no JSON
   */
  public Reading read(byte[] line) {
    JsonNode json;
    try {
      json = Json.MAPPER.readTree(line);
    } catch (IOException e) {
      return null;
    }
    JsonNode error = json.path("error");
    JsonNode response = json.path("response");
    if (isSaid(error)) {
      return notExecuted(error, response.path("status_code").asInt());
    }
    if (!response.isObject()) {
      return failed(ErrorType.INVALID_RESPONSE, "no_response", "The line holds no response");
    }
    int status = response.path("status_code").asInt();
    if (status == 0) {
      // Seen where the service's own call broke.
      return failed(ErrorType.CONNECTION, "status_0", "The service made the call without a reply");
    }
    return reader.read(status, headers(response), response.get("body"), Instant.now());
  }

  private static boolean isSaid(JsonNode error) {
    return (error.isObject() && !error.isEmpty())
        || (error.isTextual() && !error.textValue().isBlank());
  }

  private Reading notExecuted(JsonNode error, int status) {
    String code = error.path("code").asText("");
    String message = error.isTextual() ? error.textValue() : error.path("message").asText("");
    ErrorType type =
        switch (code) {
          case "batch_expired" -> ErrorType.BATCH_EXPIRED;
          case "batch_cancelled", "batch_canceled" -> ErrorType.BATCH_CANCELLED;
          case "request_timeout" -> ErrorType.TIMEOUT;
          default -> null;
        };
    if (type != null) {
      return failed(type, code, message);
    }
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.set("error", error);
    return reader.read(meant(error, status), Map.of(), body, Instant.now());
  }

  /** The status that stands beside the error, or is its code; a failed server where none does. */
  private static int meant(JsonNode error, int status) {
    int told = status >= 300 ? status : error.path("code").asInt();
    return told >= 300 && told < 600 ? told : 500;
  }

  private static Map<String, String> headers(JsonNode response) {
    String id = response.path("request_id").asText("");
    return id.isBlank() ? Map.of() : Map.of("x-request-id", id);
  }

  private static Reading failed(ErrorType type, String code, String message) {
    return new Reading.NotAnswered(
        new Failure(Outcome.Failed.of(type, code, message), Reaction.RETRY, null));
  }
}

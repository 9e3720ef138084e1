package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.local.batch.BatchScript.Dialect;
import io.sparkllm.local.batch.NewBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the body of a create. Refusals in the words of OpenAI's; the id of the input file is taken
 * as it is.
 */
final class CreateBody {
  private static final Set<String> FIELDS =
      Set.of("input_file_id", "endpoint", "completion_window", "metadata", "output_expires_after");
  private static final int MAX_PAIRS = 16;
  private static final int MAX_KEY = 64;
  private static final int MAX_VALUE = 512;
  private static final long DEFAULT_LIFE_SECONDS = 2_592_000;

  private CreateBody() {}

  /**
   * What is asked for.
   *
   * @throws ApiException 400 when the service would answer that
   */
  static NewBatch read(ObjectNode body, StoreScript script) {
    body.fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELDS.contains(name)) {
                throw ApiError.invalid(
                        "unknown_parameter", name, "Unknown parameter: '" + name + "'.")
                    .exception();
              }
            });
    String file = text(body, "input_file_id");
    String endpoint = text(body, "endpoint");
    List<String> known = endpoints(script.batch().dialect());
    if (!known.contains(endpoint)) {
      throw StoreErrors.unknownValue("endpoint", endpoint, known).exception();
    }
    String window = text(body, "completion_window");
    if (!window.equals("24h")) {
      throw StoreErrors.unknownValue("completion_window", window, List.of("24h")).exception();
    }
    return new NewBatch(file, endpoint, metadata(body.get("metadata")), life(body, script));
  }

  /** Azure also takes paths without {@code /v1}. */
  private static List<String> endpoints(Dialect dialect) {
    List<String> known = new ArrayList<>(BatchEndpoint.paths());
    if (dialect == Dialect.AZURE) {
      BatchEndpoint.paths().forEach(path -> known.add(path.substring("/v1".length())));
    }
    return known;
  }

  private static String text(ObjectNode body, String field) {
    JsonNode value = body.get(field);
    if (value == null || value.isNull()) {
      throw ApiError.missing(field).exception();
    }
    if (!value.isTextual()) {
      throw ApiError.wrongType(field, "a string", Json.describe(value)).exception();
    }
    return value.textValue();
  }

  private static Map<String, String> metadata(JsonNode node) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (node == null || node.isNull()) {
      return metadata;
    }
    if (!node.isObject()) {
      throw ApiError.wrongType("metadata", "an object", Json.describe(node)).exception();
    }
    if (node.size() > MAX_PAIRS) {
      throw ApiError.invalid(
              "object_above_max_properties",
              "metadata",
              "Invalid 'metadata': too many properties. Expected an object with at most %d"
                      .formatted(MAX_PAIRS)
                  + " properties, but got an object with %d properties instead."
                      .formatted(node.size()))
          .exception();
    }
    for (Map.Entry<String, JsonNode> pair : node.properties()) {
      String param = "metadata." + pair.getKey();
      if (pair.getKey().length() > MAX_KEY) {
        throw tooLong(param, MAX_KEY, pair.getKey().length()).exception();
      }
      if (!pair.getValue().isTextual()) {
        throw ApiError.wrongType(param, "a string", Json.describe(pair.getValue())).exception();
      }
      String value = pair.getValue().textValue();
      if (value.length() > MAX_VALUE) {
        throw tooLong(param, MAX_VALUE, value.length()).exception();
      }
      metadata.put(pair.getKey(), value);
    }
    return metadata;
  }

  private static ApiError tooLong(String param, int most, int length) {
    return ApiError.invalid(
        "string_above_max_length",
        param,
        "Invalid '%s': string too long. Expected a string with maximum length %d, but got a string with length %d instead."
            .formatted(param, most, length));
  }

  private static long life(ObjectNode body, StoreScript script) {
    JsonNode node = body.get("output_expires_after");
    if (node == null || node.isNull()) {
      return DEFAULT_LIFE_SECONDS;
    }
    if (!node.isObject()) {
      throw ApiError.wrongType("output_expires_after", "an object", Json.describe(node))
          .exception();
    }
    JsonNode anchor = node.path("anchor");
    JsonNode seconds = node.path("seconds");
    return Expiry.seconds(
        "output_expires_after",
        anchor.isTextual() ? anchor.textValue() : null,
        seconds.isMissingNode() || seconds.isNull() ? null : seconds.asText(),
        script.files());
  }
}

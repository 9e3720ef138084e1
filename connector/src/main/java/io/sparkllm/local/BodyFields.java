package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Reads the fields that API families share, with the service's own complaints. */
final class BodyFields {
  private BodyFields() {}

  /** The whole body, which must be a JSON object. */
  static ObjectNode object(byte[] body) {
    JsonNode node = json(body);
    if (!(node instanceof ObjectNode object)) {
      throw ApiError.invalid(
              "invalid_type",
              null,
              "Invalid type for the request body: expected an object, but got "
                  + Json.describe(node)
                  + " instead.")
          .exception();
    }
    return object;
  }

  /** The whole body, any JSON. */
  static JsonNode json(byte[] body) {
    try {
      return Json.parse(body);
    } catch (IOException e) {
      throw ApiError.invalid(
              null,
              null,
              "We could not parse the JSON body of your request. (HINT: This likely means you"
                  + " aren't using your HTTP library correctly. The OpenAI API expects a JSON"
                  + " payload, but what was sent was not valid JSON.)")
          .exception();
    }
  }

  static String model(ObjectNode body, String deployment) {
    if (deployment != null) {
      return deployment;
    }
    JsonNode model = body.get("model");
    if (model == null || model.isNull()) {
      throw ApiError.missing("model").exception();
    }
    if (!model.isTextual()) {
      throw ApiError.wrongType("model", "a string", Json.describe(model)).exception();
    }
    if (model.textValue().isEmpty()) {
      throw ApiError.missing("model").exception();
    }
    return model.textValue();
  }

  /** A positive whole number, or 0 when the field is absent. */
  static int positive(ObjectNode body, String field) {
    JsonNode value = body.get(field);
    if (value == null || value.isNull()) {
      return 0;
    }
    if (!value.isIntegralNumber()) {
      throw ApiError.wrongType(field, "an integer", Json.describe(value)).exception();
    }
    if (value.longValue() < 1) {
      throw ApiError.invalid(
              "integer_below_min_value",
              field,
              "Invalid '%s': integer below minimum value. Expected a value >= 1, but got %d instead."
                  .formatted(field, value.longValue()))
          .exception();
    }
    return (int) Math.min(Integer.MAX_VALUE, value.longValue());
  }

  static void checkRange(ObjectNode body, String field, double least, double most) {
    JsonNode value = body.get(field);
    if (value == null || value.isNull()) {
      return;
    }
    if (!value.isNumber()) {
      throw ApiError.wrongType(field, "a decimal", Json.describe(value)).exception();
    }
    double number = value.doubleValue();
    if (number < least || number > most) {
      boolean below = number < least;
      throw ApiError.invalid(
              below ? "decimal_below_min_value" : "decimal_above_max_value",
              field,
              "Invalid '%s': decimal %s value. Expected a value %s %s, but got %s instead."
                  .formatted(
                      field,
                      below ? "below minimum" : "above maximum",
                      below ? ">=" : "<=",
                      below ? least : most,
                      value))
          .exception();
    }
  }

  /** What this server does not do is refused, lest a caller believes that it was done. */
  static void checkUnsupported(ObjectNode body) {
    if (body.path("stream").asBoolean(false)) {
      throw ApiError.invalid(
              "unsupported_value",
              "stream",
              "Unsupported value: 'stream' does not support true with the local endpoint.")
          .exception();
    }
    if (positive(body, "n") > 1) {
      throw ApiError.invalid(
              "unsupported_value",
              "n",
              "Unsupported value: 'n' does not support more than 1 with the local endpoint.")
          .exception();
    }
  }

  /**
   * The tier that is told to have served: none asked or {@code auto} is {@code default}, {@code
   * fast} is reported as {@code priority} (developers.openai.com, service tiers).
   */
  static String serviceTier(ObjectNode body) {
    String asked = body.path("service_tier").asText("auto");
    return switch (asked) {
      case "auto" -> "default";
      case "default", "flex", "scale", "priority" -> asked;
      case "fast" -> "priority";
      default ->
          throw ApiError.invalid(
                  "invalid_value",
                  "service_tier",
                  "Invalid value: '"
                      + asked
                      + "'. Supported values are: 'auto', 'default', 'flex', 'scale', 'priority',"
                      + " and 'fast'.")
              .exception();
    };
  }
}

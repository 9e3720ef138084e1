package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/**
 * The form that an answer must have: {@code response_format} of chat, {@code text.format} of
 * responses.
 *
 * @param schema null = no schema
 * @param jsonObject any JSON object
 */
record AnswerFormat(JsonNode schema, boolean jsonObject) {
  private static final AnswerFormat TEXT = new AnswerFormat(null, false);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  static AnswerFormat chat(JsonNode format) {
    return read(format, "response_format", true);
  }

  static AnswerFormat responses(JsonNode format) {
    return read(format, "text.format", false);
  }

  /** Refuses a request, or the requests of an array, as a service whose model knows no schemas. */
  static void refuseSchemas(JsonNode body) {
    if (body.isArray()) {
      body.forEach(AnswerFormat::refuseSchemas);
    }
    refuseSchema(body.path("response_format"), "response_format");
    refuseSchema(body.path("text").path("format"), "text.format");
  }

  private static void refuseSchema(JsonNode format, String param) {
    if (format.path("type").asText().equals("json_schema")) {
      throw ApiError.invalid(
              null,
              param,
              "Invalid parameter: '"
                  + param
                  + "' of type 'json_schema' is not supported with this model.")
          .exception();
    }
  }

  private static AnswerFormat read(JsonNode format, String param, boolean nested) {
    if (format == null || format.isNull() || format.isMissingNode()) {
      return TEXT;
    }
    if (!format.isObject()) {
      throw ApiError.wrongType(param, "an object", Json.describe(format)).exception();
    }
    String type = format.path("type").asText("");
    return switch (type) {
      case "text" -> TEXT;
      case "json_object" -> new AnswerFormat(null, true);
      case "json_schema" ->
          nested
              ? schema(format.get("json_schema"), param + ".json_schema", param)
              : schema(format, param, param);
      case "" -> throw ApiError.missing(param + ".type").exception();
      default ->
          throw ApiError.invalid(
                  "invalid_value",
                  param + ".type",
                  "Invalid value: '"
                      + type
                      + "'. Supported values are: 'json_object', 'json_schema', and 'text'.")
              .exception();
    };
  }

  private static AnswerFormat schema(JsonNode holder, String at, String param) {
    if (holder == null || !holder.isObject()) {
      throw ApiError.missing(at).exception();
    }
    String name = holder.path("name").asText("");
    if (name.isEmpty()) {
      throw ApiError.missing(at + ".name").exception();
    }
    if (!NAME.matcher(name).matches()) {
      throw ApiError.invalid(
              "invalid_value",
              at + ".name",
              "Invalid '"
                  + at
                  + ".name': string does not match pattern. Expected a string that matches the"
                  + " pattern '^[a-zA-Z0-9_-]+$'.")
          .exception();
    }
    JsonNode schema = holder.get("schema");
    if (schema == null || !schema.isObject()) {
      throw ApiError.missing(at + ".schema").exception();
    }
    if (holder.path("strict").asBoolean(false)) {
      StrictSchema.check(schema, name, param);
    }
    return new AnswerFormat(schema, false);
  }
}

package io.sparkllm.local;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * An error in OpenAI's shape, {@code {"error":{"message","type","param","code"}}} (OpenAPI 2.3.0,
 * schema {@code Error}).
 *
 * @param status HTTP status
 * @param type e.g. {@code invalid_request_error}; may be null
 * @param code e.g. {@code model_not_found}; may be null
 * @param param the offending field; may be null
 * @param message one English sentence
 */
record ApiError(int status, String type, String code, String param, String message) {
  private static final String INVALID = "invalid_request_error";

  static ApiError invalid(String code, String param, String message) {
    return new ApiError(400, INVALID, code, param, message);
  }

  static ApiError missing(String param) {
    return invalid(
        "missing_required_parameter", param, "Missing required parameter: '" + param + "'.");
  }

  static ApiError wrongType(String param, String expected, String got) {
    return invalid(
        "invalid_type",
        param,
        "Invalid type for '"
            + param
            + "': expected "
            + expected
            + ", but got "
            + got
            + " instead.");
  }

  static ApiError unknownUrl(String method, String path) {
    return new ApiError(404, INVALID, null, null, "Invalid URL (" + method + " " + path + ")");
  }

  static ApiError wrongMethod(String method, String path) {
    return new ApiError(
        405, INVALID, "method_not_supported", null, "Not allowed to " + method + " on " + path);
  }

  static ApiError unknownModel(String model) {
    return new ApiError(
        404,
        INVALID,
        "model_not_found",
        null,
        "The model `" + model + "` does not exist or you do not have access to it.");
  }

  ApiException exception() {
    return new ApiException(this);
  }

  Reply reply() {
    return Reply.json(status, Json.bytes(body()));
  }

  ObjectNode body() {
    ObjectNode root = Json.object();
    root.putObject("error")
        .put("message", message)
        .put("type", type)
        .put("param", param)
        .put("code", code);
    return root;
  }
}

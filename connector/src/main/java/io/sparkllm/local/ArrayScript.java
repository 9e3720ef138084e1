package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether and how arrays of requests are taken. Immutable.
 *
 * @param accept whether the APIs' own paths take them
 * @param index whether each answer tells its place
 * @param paths further paths that take them, each with its API's name
 * @param refusal status of the refusal where they are not taken
 */
record ArrayScript(boolean accept, boolean index, Map<String, String> paths, int refusal) {
  private static final List<String> KEYS = List.of("accept", "index", "paths", "refusal");
  private static final int NOT_FOUND = 404;
  private static final int WRONG_METHOD = 405;
  private static final int UNPROCESSABLE = 422;

  static ArrayScript read(StrictObject root) {
    StrictObject arrays = root.child("arrays", KEYS);
    int refusal = (int) arrays.whole("refusal", 400, 400, UNPROCESSABLE);
    if (!List.of(400, NOT_FOUND, WRONG_METHOD, UNPROCESSABLE).contains(refusal)) {
      throw new IllegalArgumentException(
          "Script: arrays.refusal is " + refusal + ", but must be 400, 404, 405 or 422");
    }
    return new ArrayScript(
        arrays.flag("accept", false), arrays.flag("index", true), paths(arrays), refusal);
  }

  private static Map<String, String> paths(StrictObject arrays) {
    Map<String, String> paths = new LinkedHashMap<>();
    JsonNode given = arrays.node("paths");
    if (given == null) {
      return Map.of();
    }
    StrictObject names = new StrictObject(given, "arrays.paths", fields(given));
    for (String path : fields(given)) {
      if (!path.startsWith("/") || Routes.isControl(path)) {
        throw new IllegalArgumentException(
            "Script: arrays.paths has '" + path + "', but must have paths of models, as /v1/many");
      }
      paths.put(path, names.choice(path, ModelApis.CHAT, ModelApis.names()));
    }
    return Map.copyOf(paths);
  }

  private static List<String> fields(JsonNode given) {
    return given.isObject()
        ? given.properties().stream().map(Map.Entry::getKey).toList()
        : List.of();
  }

  /** How a server answers that expects one request. */
  ApiException refuse(Call call) {
    return switch (refusal) {
      case NOT_FOUND -> ApiError.unknownUrl(call.method(), call.path()).exception();
      case WRONG_METHOD -> ApiError.wrongMethod(call.method(), call.path()).exception();
      case UNPROCESSABLE ->
          new ApiError(
                  UNPROCESSABLE,
                  "invalid_request_error",
                  null,
                  null,
                  "Input should be a valid dictionary or object, but is a list")
              .exception();
      default ->
          ApiError.invalid(
                  "invalid_type",
                  null,
                  "Invalid type for the request body: expected an object, but got an array instead.")
              .exception();
    };
  }
}

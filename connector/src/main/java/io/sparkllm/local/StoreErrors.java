package io.sparkllm.local;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** What files and batches are refused with; wording as services were seen to send it. */
final class StoreErrors {
  private StoreErrors() {}

  static ApiError notJsonl() {
    return ApiError.invalid(null, null, "Invalid file format for Batch API. Must be .jsonl");
  }

  /** 413; services name the model of the first line. */
  static ApiError tooLarge(long maxBytes, String model) {
    return new ApiError(
        413,
        "invalid_request_error",
        null,
        null,
        "The batch input file is larger than the %d maximum for the %s model"
            .formatted(maxBytes, model == null ? Models.LOCAL : model));
  }

  static ApiError unreadable(IOException why) {
    return ApiError.invalid(
        null, "file", "The upload could not be read: " + why.getMessage() + ".");
  }

  static ApiError noFile(String id) {
    return new ApiError(404, "invalid_request_error", null, "id", "No such File object: " + id);
  }

  /** What is told of a file that was uploaded a moment ago. */
  static ApiError notSeen(String id, int status) {
    return new ApiError(
        status,
        "invalid_request_error",
        null,
        "file_id",
        "Cannot find file " + id + ", or project proj_local does not have access to it.");
  }

  static ApiError noBatch(String id) {
    return new ApiError(
        404, "invalid_request_error", null, null, "No batch found with id '" + id + "'.");
  }

  static ApiError cannotCancel(String status) {
    return new ApiError(
        409,
        "invalid_request_error",
        null,
        null,
        "Cannot cancel a batch with status '" + status + "'.");
  }

  static ApiError unknownValue(String param, String value, List<String> supported) {
    return ApiError.invalid(
        "invalid_value",
        param,
        "Invalid value: '"
            + value
            + "'. Supported values are: "
            + supported.stream().map(s -> "'" + s + "'").collect(Collectors.joining(", "))
            + ".");
  }

  static ApiError tooMany(String what, StoreScript.Rate rate) {
    return new ApiError(
        429,
        "requests",
        "rate_limit_exceeded",
        null,
        "Rate limit reached for %s in organization org-local: Limit %d per %d seconds."
            .formatted(what, rate.limit(), rate.perSeconds()));
  }
}

package io.sparkllm.local.batch;

import io.sparkllm.local.batch.BatchScript.Dialect;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads an input file as the service does before a batch runs: every line is checked, and one bad
 * line fails the batch. Codes and messages as services were seen to send them.
 */
final class Validation {
  private final LineModel model;
  private final String endpoint;
  private final BatchScript script;
  private final InputLines lines = new InputLines();
  private final Set<String> ids = new HashSet<>();
  private final List<BatchProblem> problems = new ArrayList<>();
  private String batchModel;
  private long tokens;
  private long inputs;

  private Validation(LineModel model, String endpoint, BatchScript script) {
    this.model = model;
    this.endpoint = endpoint;
    this.script = script;
  }

  /**
   * What a file holds.
   *
   * @param lines where they lie
   * @param model of the first line that names one; null = none does
   * @param tokens prompt tokens of all lines
   * @param problems empty when the batch may run
   */
  record Result(InputLines lines, String model, long tokens, List<BatchProblem> problems) {}

  /** Reads a file, one line in memory at a time. */
  static Result of(Path file, String endpoint, LineModel model, BatchScript script)
      throws IOException {
    Validation validation = new Validation(model, endpoint, script);
    validation.lines.scan(file, validation::line);
    if (validation.lines.size() == 0) {
      validation.problems.add(
          new BatchProblem("empty_file", "The input file contains no requests.", null, 0));
    }
    return new Result(
        validation.lines, validation.batchModel, validation.tokens, validation.problems);
  }

  private boolean line(byte[] bytes) {
    long most = script.limits().lines();
    if (lines.size() > most) {
      problems.clear();
      problems.add(
          new BatchProblem(
              "too_many_tasks",
              "The number of requests in the batch file exceeds the maximum of " + most + ".",
              null,
              0));
      return false;
    }
    BatchProblem problem = problem(bytes);
    if (inputs > script.limits().inputs()) {
      problems.clear();
      problems.add(
          new BatchProblem(
              "too_many_tasks",
              "The number of embedding inputs in the batch file exceeds the maximum of "
                  + script.limits().inputs()
                  + ".",
              null,
              0));
      return false;
    }
    if (problem != null) {
      problems.add(problem.at(lines.size()));
    }
    return true;
  }

  private BatchProblem problem(byte[] bytes) {
    InputLine line;
    try {
      line = InputLine.parse(bytes);
    } catch (IOException e) {
      return new BatchProblem(
          "invalid_json_line", "This line is not parseable as valid JSON.", null, 0);
    }
    if (line.customId() == null) {
      return missing("custom_id");
    }
    if (!ids.add(line.customId())) {
      return new BatchProblem(
          "duplicate_custom_id",
          "The custom_id '"
              + line.customId()
              + "' for this request is a duplicate of another request. The custom_id parameter must"
              + " be unique for each request in a batch.",
          "custom_id",
          0);
    }
    if (line.method() == null) {
      return missing("method");
    }
    if (!line.method().equals("POST")) {
      return new BatchProblem(
          "invalid_value",
          "Invalid value: '" + line.method() + "'. Supported values are: 'POST'.",
          "method",
          0);
    }
    if (line.url() == null) {
      return missing("url");
    }
    if (!sameUrl(line.url())) {
      return new BatchProblem(
          azure() ? "url_mismatch" : "invalid_url",
          "The URL provided for this request does not match the batch endpoint.",
          "url",
          0);
    }
    return line.body() == null ? missing("body") : body(line.body());
  }

  private BatchProblem body(String body) {
    LineCheck check = model.check(endpoint, body);
    tokens += check.tokens();
    inputs += check.inputs();
    String named = check.model();
    if (named != null && batchModel == null) {
      batchModel = named;
    }
    if (named != null && !named.equals(batchModel)) {
      return new BatchProblem(
          azure() ? "model_mismatch" : "mismatched_model",
          "The model '"
              + named
              + "' for this request does not match the rest of the batch. Each batch must contain"
              + " requests for a single model.",
          "body.model",
          0);
    }
    if (named != null && script.unsupportedModels().contains(named)) {
      return notFound(named);
    }
    return check.problem();
  }

  /** The problem of a model that the Batch API does not serve: told of every line. */
  static BatchProblem notFound(String model) {
    return new BatchProblem(
        "model_not_found",
        "The provided model '" + model + "' is not supported by the Batch API.",
        "body.model",
        0);
  }

  static BatchProblem missing(String param) {
    return new BatchProblem(
        "missing_required_parameter", "Missing required parameter: '" + param + "'.", param, 0);
  }

  private boolean sameUrl(String url) {
    return url.equals(endpoint)
        || (azure() && withoutVersion(url).equals(withoutVersion(endpoint)));
  }

  private static String withoutVersion(String url) {
    return url.startsWith("/v1/") ? url.substring(3) : url;
  }

  private boolean azure() {
    return script.dialect() == Dialect.AZURE;
  }
}

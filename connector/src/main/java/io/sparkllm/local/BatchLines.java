package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.sparkllm.local.batch.BatchProblem;
import io.sparkllm.local.batch.LineCheck;
import io.sparkllm.local.batch.LineModel;
import io.sparkllm.local.batch.LineOutcome;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers lines of batches by the model service of the interactive routes: the same answers and
 * counts, but no limits, keys or latency, and faults of their own ({@code batch.lines}).
 */
final class BatchLines implements LineModel {
  // Counted apart from interactive calls to the same path.
  private static final String PATH = "batch ";

  private final ServerState state;
  private final ModelService models;
  private final PromptLedger ids = new PromptLedger();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicLong lines = new AtomicLong();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong doubleIds = new AtomicLong();

  BatchLines(ServerState state, ModelService models) {
    this.state = state;
    this.models = models;
  }

  @Override
  public LineCheck check(String endpoint, String text) {
    BatchEndpoint api = BatchEndpoint.find(endpoint);
    ObjectNode body = BodyFields.object(text.getBytes(StandardCharsets.UTF_8));
    JsonNode model = body.path("model");
    if (!model.isTextual() || model.textValue().isEmpty()) {
      return new LineCheck(
          null,
          0,
          0,
          new BatchProblem("invalid_request", "Model parameter is required.", "body.model", 0));
    }
    BatchProblem problem = problem(api, body);
    try {
      ModelRequest request = api.api().read(body, null);
      int inputs = api.limitsInputs() ? request.items() : 0;
      return new LineCheck(model.textValue(), request.promptTokens(), inputs, problem);
    } catch (ApiException e) {
      // Anything else that is wrong shows when the line runs, and costs no tokens.
      return new LineCheck(model.textValue(), 0, 0, problem);
    }
  }

  private BatchProblem problem(BatchEndpoint api, ObjectNode body) {
    if (!Models.knows(body.get("model").textValue(), state.script())) {
      return new BatchProblem(
          "model_not_found",
          "The provided model '"
              + body.get("model").textValue()
              + "' is not supported by the Batch API.",
          "body.model",
          0);
    }
    if (body.path("stream").asBoolean(false)) {
      return new BatchProblem(
          "streaming_unsupported",
          api.title() + ": Streaming is not supported in the Batch API.",
          "body.stream",
          0);
    }
    if (!body.hasNonNull(api.required())) {
      return new BatchProblem(
          "missing_required_parameter",
          "Missing required parameter: '" + api.required() + "'.",
          "body." + api.required(),
          0);
    }
    return null;
  }

  @Override
  public LineOutcome run(String endpoint, String customId, String text) {
    BatchEndpoint api = BatchEndpoint.find(endpoint);
    EndpointScript script = state.script();
    try {
      ObjectNode body = BodyFields.object(text.getBytes(StandardCharsets.UTF_8));
      ModelRequest request = api.api().read(body, null);
      FaultPlan.Asking asking =
          models.asking(
              script,
              body,
              request,
              numbers.incrementAndGet(),
              api.path(),
              new FaultPlan.Extent(request.items(), text.length(), 0));
      Fault fault = script.store().lines().find(asking);
      if (fault != null && fault.kind() == FaultKind.OMIT) {
        return LineOutcome.without(LineOutcome.Form.OMITTED);
      }
      lines.incrementAndGet();
      state.stats().model(request.model());
      state.stats().asked(PATH + api.path(), request.items());
      return fault == null || fault.kind().answers()
          ? answered(customId, request, asking, fault, PATH + api.path())
          : failed(fault, request.model());
    } catch (ApiException e) {
      lines.incrementAndGet();
      return LineOutcome.failed(
          LineOutcome.Form.WHOLE, e.error().status(), e.error().body().toString());
    }
  }

  private LineOutcome answered(
      String customId, ModelRequest request, FaultPlan.Asking asking, Fault fault, String counted) {
    Outcome outcome = models.serve(request, asking, fault, FaultPlan.NONE);
    Served served = outcome.served();
    FaultKind kind = fault == null ? null : fault.kind();
    if (kind != FaultKind.TRUNCATED) {
      models.answered(outcome, counted);
      answers.incrementAndGet();
      Digest id = Digest.of(customId.getBytes(StandardCharsets.UTF_8));
      ids.ask(id);
      if (ids.answer(id) > 1) {
        doubleIds.incrementAndGet();
      }
    }
    return new LineOutcome(
        kind == FaultKind.DOUBLE
            ? LineOutcome.Form.DOUBLED
            : kind == FaultKind.TRUNCATED ? LineOutcome.Form.CUT : LineOutcome.Form.WHOLE,
        200,
        served.body().toString(),
        served.promptTokens(),
        served.completionTokens());
  }

  private static LineOutcome failed(Fault fault, String model) {
    return switch (fault.kind()) {
      case TIMEOUT -> LineOutcome.without(LineOutcome.Form.TIMED_OUT);
      case STATUS_ZERO -> LineOutcome.failed(LineOutcome.Form.WHOLE, 0, "{}");
      default -> {
        Reply reply = FaultReplies.of(fault, model);
        String body = new String(((BytesBody) reply.body()).bytes(), StandardCharsets.UTF_8);
        boolean json = reply.contentType().equals(Reply.JSON);
        yield LineOutcome.failed(
            LineOutcome.Form.WHOLE,
            reply.status(),
            json ? body : TextNode.valueOf(body).toString());
      }
    };
  }

  /** Lines that ran. */
  long lines() {
    return lines.get();
  }

  /** Lines answered with status 200. */
  long answers() {
    return answers.get();
  }

  /** Answers beyond the first under the same {@code custom_id}. */
  long doubleIds() {
    return doubleIds.get();
  }

  void reset() {
    numbers.set(0);
    lines.set(0);
    answers.set(0);
    doubleIds.set(0);
    ids.clear();
  }
}

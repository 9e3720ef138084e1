package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way of every model call, top to bottom: body, model, limits, faults, answer. Thread-safe.
 * Nothing here waits; delays are told in the reply's delivery.
 */
final class ModelService {
  private final ServerState state;
  private final GroupService groups;
  private final AtomicLong numbers = new AtomicLong();

  ModelService(ServerState state) {
    this.state = state;
    this.groups = new GroupService(state);
  }

  void reset() {
    numbers.set(0);
    groups.reset();
    state.groups().clear();
  }

  /** Answers one request. */
  Reply call(ModelApi api, Call call) {
    ObjectNode body = BodyFields.object(call.body());
    return answer(api.read(body, call.pathVariable("deployment")), body, call);
  }

  /** Answers an array of requests, or refuses it where it is not accepted. */
  Reply array(ModelApi api, Call call, boolean accepted) {
    EndpointScript script = state.script();
    if (!accepted) {
      throw script.arrays().refuse(call);
    }
    JsonNode body = BodyFields.json(call.body());
    return answer(
        ArrayRequest.read(body, api, call.pathVariable("deployment"), script), body, call);
  }

  private Reply answer(ModelRequest request, JsonNode body, Call call) {
    EndpointScript script = state.script();
    long arrivedMs = System.currentTimeMillis();
    state.stats().model(request.model());
    String unknown = request.unknownModel(script);
    if (unknown != null) {
      throw ApiError.unknownModel(unknown).exception();
    }
    if (!script.jsonSchema()) {
      AnswerFormat.refuseSchemas(body);
    }
    long charge = Math.max(request.maxTokens(), request.promptTokens());
    RateLimiter.Verdict verdict = state.limiter().admit(request.model(), charge);
    if (verdict.refusal() != null) {
      Reply refusal = verdict.refusal().reply();
      refused(arrivedMs, refusal, script);
      return refusal.with(verdict.headers());
    }
    FaultPlan.Extent extent = new FaultPlan.Extent(request.items(), call.body().length, 0);
    FaultPlan.Asking asking =
        asking(script, body, request, numbers.incrementAndGet(), call.path(), extent);
    state.stats().asked(call.path(), request.items());
    Fault fault = fault(request, asking, script);
    Reply reply;
    if (fault != null && !fault.kind().answers()) {
      reply = FaultReplies.of(fault, request.model());
    } else {
      try {
        Outcome outcome = serve(request, asking, fault, script.items());
        charge = state.limiter().settle(charge, outcome.served().tokens());
        reply = reply(outcome, call.path(), fault);
      } catch (ApiException e) {
        reply = e.error().reply();
      }
    }
    if (reply.status() == 200) {
      state.stats().accepted(arrivedMs, charge, script.recordTimes());
    } else {
      refused(arrivedMs, reply, script);
    }
    return reply
        .with(merged(verdict.headers(), reply.headers()))
        .with(delayed(reply.delivery(), script, asking, fault));
  }

  /**
   * Counts an asking; interactive calls and lines of batches have numbers of their own, and calls
   * that ask for many things are counted apart from these things.
   */
  FaultPlan.Asking asking(
      EndpointScript script,
      JsonNode body,
      ModelRequest request,
      long number,
      String path,
      FaultPlan.Extent extent) {
    Digest digest = RequestDigest.of(body);
    PromptLedger ledger = request instanceof GroupRequest ? state.groups() : state.prompts();
    int asked = script.trackPrompts() ? ledger.ask(digest) : (int) number;
    return new FaultPlan.Asking(digest, asked, number, request::says, path, null, extent);
  }

  /** What asks for one thing only meets the rules for items as well. */
  private Fault fault(ModelRequest request, FaultPlan.Asking asking, EndpointScript script) {
    Fault fault = script.faults().find(asking);
    return fault == null && !(request instanceof GroupRequest)
        ? groups.alone(asking, script.items())
        : fault;
  }

  private void refused(long arrivedMs, Reply reply, EndpointScript script) {
    state.stats().refused(arrivedMs, reply.status(), script.recordTimes());
  }

  /**
   * Answers a request.
   *
   * @param fault may ask for the answer of a special model; null = none
   * @param items rules for what it asks for, where that is many things
   * @throws ApiException when one of these fails the whole call
   */
  Outcome serve(ModelRequest request, FaultPlan.Asking asking, Fault fault, FaultPlan items) {
    String special = fault == null ? null : fault.kind().specialModel();
    String model = special == null ? request.model() : special;
    String id = "local" + Long.toHexString(asking.digest().high()) + "-" + asking.asked();
    Outcome outcome =
        request instanceof GroupRequest group
            ? groups.serve(group, asking, fault, items, model, id)
            : new Outcome(request.answer(model, id), List.of(asking.digest()), true);
    boolean half = fault != null && fault.kind() == FaultKind.HALF_JSON;
    if (half && request instanceof PackedRequest packed) {
      outcome = new Outcome(packed.composeHalf(outcome.served(), id), outcome.answered(), false);
    }
    state.stats().served(outcome.served());
    return outcome;
  }

  private Reply reply(Outcome outcome, String path, Fault fault) {
    byte[] body = Json.bytes(outcome.served().body());
    boolean half = fault != null && fault.kind() == FaultKind.HALF_JSON;
    Delivery delivery = fault == null ? Delivery.AT_ONCE : FaultReplies.delivery(fault);
    boolean arrives =
        delivery.kind() == Delivery.Kind.WHOLE || delivery.kind() == Delivery.Kind.DRIP;
    if (arrives && outcome.whole() && !half) {
      answered(outcome, path);
    }
    Reply reply =
        Reply.json(200, half && outcome.whole() ? Arrays.copyOf(body, body.length / 2) : body);
    return fault == null ? reply : reply.with(FaultReplies.headers(fault)).with(delivery);
  }

  /** Counts good answers. */
  void answered(Outcome outcome, String path) {
    boolean tracked = state.script().trackPrompts();
    for (Digest digest : outcome.answered()) {
      state.stats().answered(path, tracked ? state.prompts().answer(digest) : 0);
    }
  }

  private static Delivery delayed(
      Delivery delivery, EndpointScript script, FaultPlan.Asking asking, Fault fault) {
    if (delivery.kind() == Delivery.Kind.STALL) {
      return delivery;
    }
    if (fault != null && fault.timing().latencyMs() >= 0) {
      return delivery.after(fault.timing().latencyMs());
    }
    return delivery.after(
        script.latencyMs(
            script.faults().straggles(script.slowRatio(), asking), asking.extent().items()));
  }

  private static Map<String, String> merged(Map<String, String> base, Map<String, String> over) {
    if (base.isEmpty()) {
      return over;
    }
    Map<String, String> all = new LinkedHashMap<>(base);
    all.putAll(over);
    return all;
  }
}

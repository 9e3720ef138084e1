package io.sparkllm.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way of every model call, top to bottom: body, model, limits, faults, answer. Thread-safe.
 * Nothing here waits; delays are told in the reply's delivery.
 */
final class ModelService {
  private final ServerState state;
  private final AtomicLong numbers = new AtomicLong();

  ModelService(ServerState state) {
    this.state = state;
  }

  void reset() {
    numbers.set(0);
  }

  Reply call(ModelApi api, Call call) {
    EndpointScript script = state.script();
    long arrivedMs = System.currentTimeMillis();
    ObjectNode body = BodyFields.object(call.body());
    ModelRequest request = api.read(body, call.pathVariable("deployment"));
    state.stats().model(request.model());
    if (!Models.knows(request.model(), script)) {
      throw ApiError.unknownModel(request.model()).exception();
    }
    long charge = Math.max(request.maxTokens(), request.promptTokens());
    RateLimiter.Verdict verdict = state.limiter().admit(request.model(), charge);
    if (verdict.refusal() != null) {
      Reply refusal = verdict.refusal().reply();
      refused(arrivedMs, refusal, script);
      return refusal.with(verdict.headers());
    }
    FaultPlan.Asking asking = asking(script, body, request, numbers.incrementAndGet(), call.path());
    Fault fault = script.faults().find(asking);
    Reply reply;
    if (fault != null && !fault.kind().answers()) {
      reply = FaultReplies.of(fault, request.model());
    } else {
      Served served = serve(request, asking, fault);
      charge = state.limiter().settle(charge, served.tokens());
      reply = answer(served, asking, fault);
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

  /** Counts an asking; interactive calls and lines of batches have numbers of their own. */
  FaultPlan.Asking asking(
      EndpointScript script, ObjectNode body, ModelRequest request, long number, String path) {
    Digest digest = RequestDigest.of(body);
    int asked = script.trackPrompts() ? state.prompts().ask(digest) : (int) number;
    return new FaultPlan.Asking(digest, asked, number, request.lastUserText(), path, null);
  }

  private void refused(long arrivedMs, Reply reply, EndpointScript script) {
    state.stats().refused(arrivedMs, reply.status(), script.recordTimes());
  }

  /** Answers a request; {@code fault} may ask for the answer of a special model. */
  Served serve(ModelRequest request, FaultPlan.Asking asking, Fault fault) {
    String special = fault == null ? null : fault.kind().specialModel();
    Served served =
        request.answer(
            special == null ? request.model() : special,
            "local" + Long.toHexString(asking.digest().high()) + "-" + asking.asked());
    state.stats().served(served);
    return served;
  }

  private Reply answer(Served served, FaultPlan.Asking asking, Fault fault) {
    Reply reply = Reply.json(200, Json.bytes(served.body()));
    Delivery delivery = fault == null ? Delivery.AT_ONCE : FaultReplies.delivery(fault);
    if (delivery.kind() == Delivery.Kind.WHOLE || delivery.kind() == Delivery.Kind.DRIP) {
      answered(asking);
    }
    return fault == null ? reply : reply.with(FaultReplies.headers(fault)).with(delivery);
  }

  /** Counts a good answer. */
  void answered(FaultPlan.Asking asking) {
    boolean tracked = state.script().trackPrompts();
    state.stats().answered(tracked ? state.prompts().answer(asking.digest()) : 0);
  }

  private static Delivery delayed(
      Delivery delivery, EndpointScript script, FaultPlan.Asking asking, Fault fault) {
    if (delivery.kind() == Delivery.Kind.STALL) {
      return delivery;
    }
    if (fault != null && fault.timing().latencyMs() >= 0) {
      return delivery.after(fault.timing().latencyMs());
    }
    return delivery.after(script.latencyMs(script.faults().straggles(script.slowRatio(), asking)));
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

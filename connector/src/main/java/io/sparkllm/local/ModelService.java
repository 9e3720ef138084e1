package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
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
    ModelRequest request = api.read(body(call), call.pathVariable("deployment"));
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
    FaultPlan.Asking asking = asking(script, call, request);
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

  private FaultPlan.Asking asking(EndpointScript script, Call call, ModelRequest request) {
    long number = numbers.incrementAndGet();
    Digest digest = Digest.of(call.body());
    int asked = script.trackPrompts() ? state.prompts().ask(digest) : (int) number;
    return new FaultPlan.Asking(digest, asked, number, request.lastUserText(), call.path());
  }

  private void refused(long arrivedMs, Reply reply, EndpointScript script) {
    state.stats().refused(arrivedMs, reply.status(), script.recordTimes());
  }

  private Served serve(ModelRequest request, FaultPlan.Asking asking, Fault fault) {
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
    if (fault == null) {
      return counted(reply, asking);
    }
    Delivery delivery = FaultReplies.delivery(fault);
    Reply disturbed = reply.with(FaultReplies.headers(fault)).with(delivery);
    return delivery.kind() == Delivery.Kind.CUT ? disturbed : counted(disturbed, asking);
  }

  private Reply counted(Reply reply, FaultPlan.Asking asking) {
    boolean tracked = state.script().trackPrompts();
    state.stats().answered(tracked ? state.prompts().answer(asking.digest()) : 0);
    return reply;
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

  private static ObjectNode body(Call call) {
    JsonNode node;
    try {
      node = Json.parse(call.body());
    } catch (IOException e) {
      throw ApiError.invalid(
              null,
              null,
              "We could not parse the JSON body of your request. (HINT: This likely means you"
                  + " aren't using your HTTP library correctly. The OpenAI API expects a JSON"
                  + " payload, but what was sent was not valid JSON.)")
          .exception();
    }
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
}

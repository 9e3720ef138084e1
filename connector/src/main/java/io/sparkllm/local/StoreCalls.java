package io.sparkllm.local;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** What holds for every call to files and batches: counts, scripted faults, latency. */
final class StoreCalls {
  private final Supplier<StoreScript> script;
  private final PromptLedger asked = new PromptLedger();
  private final AtomicLong numbers = new AtomicLong();
  private final Map<String, Long> counts = new TreeMap<>();

  StoreCalls(Supplier<StoreScript> script) {
    this.script = script;
  }

  /** The same handler, counted and disturbed as the script wants it. */
  Route.Handler around(StoreCall kind, Route.Handler handler) {
    return call -> answer(kind, call, handler);
  }

  private Reply answer(StoreCall kind, Call call, Route.Handler handler) {
    count(kind);
    StoreScript now = script.get();
    FaultPlan.Asking asking = asking(kind, call);
    Fault fault = now.faults().find(asking);
    Reply reply;
    if (fault == null) {
      reply = handled(call, handler);
    } else if (fault.kind().answers()) {
      reply =
          handled(call, handler)
              .with(FaultReplies.headers(fault))
              .with(FaultReplies.delivery(fault));
    } else {
      reply = FaultReplies.of(fault, Models.LOCAL);
    }
    if (reply.delivery().kind() == Delivery.Kind.STALL) {
      return reply;
    }
    boolean own = fault != null && fault.timing().latencyMs() >= 0;
    return reply.with(reply.delivery().after(own ? fault.timing().latencyMs() : now.latencyMs()));
  }

  /** Refusals are answers too: a lost one is lost. */
  private static Reply handled(Call call, Route.Handler handler) {
    try {
      return handler.handle(call);
    } catch (ApiException e) {
      return e.error().reply();
    }
  }

  private FaultPlan.Asking asking(StoreCall kind, Call call) {
    Digest digest = Digest.of((kind.key() + " " + call.path()).getBytes(StandardCharsets.UTF_8));
    return new FaultPlan.Asking(
        digest,
        asked.ask(digest),
        numbers.incrementAndGet(),
        new String(call.body(), StandardCharsets.UTF_8)::contains,
        call.path(),
        kind.key(),
        FaultPlan.Extent.ONE);
  }

  private synchronized void count(StoreCall kind) {
    counts.merge(kind.key(), 1L, Long::sum);
  }

  synchronized Map<String, Long> counts() {
    return Map.copyOf(counts);
  }

  synchronized void reset() {
    counts.clear();
    asked.clear();
    numbers.set(0);
  }
}

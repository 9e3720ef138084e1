package io.sparkllm.engine;

import io.sparkllm.http.Transport;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.ServiceTier;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * One HTTP request on its way, first attempt and further ones: a row, or many rows of one task. The
 * rows never change: a request that is split gives way to others. The rest is written by the
 * dispatcher under its lock.
 */
final class Request {
  /** Refusals for want of room before another tier is asked, where that is allowed. */
  private static final int REFUSALS = 3;

  final CallPlan plan;
  final TaskRequests task;
  final List<Call> calls;

  /** Characters of the prompt. */
  final long promptChars;

  /** Whether its one row is asked as the API takes it, and not in the plan's form for many. */
  private final boolean alone;

  /** The body of a row that is asked again with the reason; null for what the plan says. */
  private final byte[] own;

  /** Whether it went out without the schema, to a service that does not know such. */
  boolean withoutSchema;

  /** Whether other requests wait to learn from this one how many rows a request may have. */
  boolean probe;

  /** What the budget was charged when it was sent, before the answer's length was known. */
  long tokens;

  Transport.Attempt attempt;
  boolean inFlight;
  Outcome.Failed lastError;

  /** Whether the last error was a refusal as too much. */
  boolean lastThrottled;

  private long startNanos;

  /** Attempts made, those of the requests that this one was split from included. */
  int attempts;

  /** Failures that count against {@code maxAttempts}. */
  int failures;

  /** Rate-limit replies, which do not. */
  int throttles;

  /** Replies that the tier has no room, which do not either. */
  int refusals;

  private Request(
      CallPlan plan, TaskRequests task, List<Call> calls, boolean alone, byte[] own, long more) {
    this.plan = plan;
    this.task = task;
    this.calls = List.copyOf(calls);
    this.alone = alone;
    this.own = own;
    long chars = alone ? more : plan.codec().sharedChars();
    for (Call call : calls) {
      chars += call.promptChars;
    }
    this.promptChars = chars;
  }

  /** A request that was not sent yet. */
  static Request of(CallPlan plan, TaskRequests task, List<Call> calls) {
    return new Request(plan, task, calls, plan.isAlone() && calls.size() == 1, null, 0);
  }

  /** What asks for some of the rows again: a request that takes over what this one used up. */
  Request part(List<Call> some) {
    // A prompt of one packed row would have all the risks of packing and none of the gain.
    boolean single = some.size() == 1 && (plan.codec().isOnePrompt() || plan.isAlone());
    return takeOver(new Request(plan, task, some, alone || single, null, 0));
  }

  /** What asks for a row by itself again, with the answer that did not fit and what was wrong. */
  Request corrected(Call call, String misfit) {
    byte[] asked = own != null ? own : plan.codec().alone(call.item);
    byte[] body = plan.typed().again(asked, misfit);
    return takeOver(
        new Request(plan, task, List.of(call), true, body, (long) body.length - call.itemBytes));
  }

  private Request takeOver(Request part) {
    part.startNanos = startNanos;
    part.attempts = attempts;
    part.failures = failures;
    part.throttles = throttles;
    part.refusals = refusals;
    part.lastError = lastError;
    part.lastThrottled = lastThrottled;
    return part;
  }

  /** Two requests with half of the rows each; not for one row. */
  List<Request> halves() {
    int half = (calls.size() + 1) / 2;
    return List.of(part(calls.subList(0, half)), part(calls.subList(half, calls.size())));
  }

  /** A request for each row. */
  List<Request> singles() {
    List<Request> singles = new ArrayList<>(calls.size());
    for (Call call : calls) {
      singles.add(part(List.of(call)));
    }
    return singles;
  }

  int rows() {
    return calls.size();
  }

  /** The first row, which stands for the request where something is counted once. */
  Call lead() {
    return calls.get(0);
  }

  boolean isAlone() {
    return alone;
  }

  URI url() {
    return alone ? plan.aloneUrl() : plan.url();
  }

  List<byte[]> items() {
    List<byte[]> items = new ArrayList<>(calls.size());
    for (Call call : calls) {
      items.add(call.item);
    }
    return items;
  }

  byte[] body() {
    byte[] body =
        own != null ? own : alone ? plan.codec().alone(lead().item) : plan.codec().body(items());
    byte[] known = withoutSchema ? plan.typed().withoutSchema(body) : body;
    return leftTier() ? ServiceTier.byDefault(known) : known;
  }

  /** Whether the tier refused it so often that the default one is asked from now on. */
  boolean leavesTier() {
    return plan.leavesTier() && refusals == REFUSALS;
  }

  private boolean leftTier() {
    return plan.leavesTier() && refusals >= REFUSALS;
  }

  long charge() {
    return plan.stage().tokens().charge(promptChars, rows());
  }

  /** An attempt begins. */
  void begin(long charge, long now) {
    tokens = charge;
    if (attempts == 0) {
      startNanos = now;
    } else {
      lead().retries++;
    }
    lead().requests++;
    attempts++;
    withoutSchema = plan.typed() != null && plan.size().isSchemaUnknown();
    inFlight = true;
    for (Call call : calls) {
      call.calls++;
    }
  }

  /** A reply came. */
  void replied(long latencyNanos) {
    attempt = null;
    inFlight = false;
    for (Call call : calls) {
      call.latencyNanos = latencyNanos;
    }
  }

  long deadlineNanos() {
    return startNanos + plan.rowTimeout().toNanos();
  }

  void finish(Outcome outcome) {
    for (Call call : calls) {
      call.finish(outcome);
    }
  }
}

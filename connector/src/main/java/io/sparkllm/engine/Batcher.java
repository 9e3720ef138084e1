package io.sparkllm.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Groups the rows of one task into requests: as many rows as the executor has learned that a
 * request may have, within the tokens of one. For the task's thread.
 */
final class Batcher {
  /** As services estimate: a token for four bytes. */
  private static final int BYTES_PER_TOKEN = 4;

  private final CallPlan plan;
  private final Dispatcher dispatcher;
  private final TaskRequests requests = new TaskRequests();

  private List<Call> pending = new ArrayList<>();
  private long tokens;

  Batcher(CallPlan plan, Dispatcher dispatcher) {
    this.plan = plan;
    this.dispatcher = dispatcher;
  }

  /** Rows of the next request. */
  int rows() {
    return carriesMany() ? plan.size().rows(plan.batchSize()) : 1;
  }

  /** Otherwise there is nothing to learn, and no lock to take for each row. */
  private boolean carriesMany() {
    return plan.batchSize() > 1 && !plan.isAlone();
  }

  /** Rows that wait for others to go with. */
  int waiting() {
    return pending.size();
  }

  /** Whether a full request waits for another to be answered; such a one takes no more rows. */
  boolean isHeld() {
    return isFull() && !sendFull();
  }

  private boolean isFull() {
    return !pending.isEmpty() && (pending.size() >= rows() || tokens >= plan.mostTokens());
  }

  /** Takes a row; not while a full request is held. */
  void add(Call call) {
    long more = 1L + call.itemBytes / BYTES_PER_TOKEN;
    if (!pending.isEmpty() && tokens + more > plan.mostTokens()) {
      flush();
    }
    pending.add(call);
    tokens += more;
    if (isFull()) {
      sendFull();
    }
  }

  private boolean sendFull() {
    // One that is full by its tokens tells nothing about how many rows there may be.
    boolean probe =
        carriesMany() && pending.size() >= rows() && plan.size().isGrowing(plan.batchSize());
    if (probe && !plan.size().tryProbe(plan.batchSize())) {
      return false;
    }
    send(probe);
    return true;
  }

  /** Sends what is there, as no more rows come. */
  void flush() {
    if (!pending.isEmpty()) {
      send(false);
    }
  }

  private void send(boolean probe) {
    List<Call> calls = pending;
    pending = new ArrayList<>();
    tokens = 0;
    if (plan.isAlone()) {
      // What waited when it turned out that the service does not take many.
      calls.forEach(call -> submit(Request.of(plan, requests, List.of(call)), false));
    } else {
      submit(Request.of(plan, requests, calls), probe);
    }
  }

  private void submit(Request request, boolean probe) {
    request.probe = probe;
    dispatcher.submit(request);
  }

  /** Forgets all rows: what is queued is dropped, what is in flight aborted. From any thread. */
  void cancel() {
    dispatcher.cancel(requests);
  }
}

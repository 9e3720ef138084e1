package io.sparkllm.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** The requests of one task that have not ended. Guarded by the dispatcher's lock. */
final class TaskRequests {
  private final Set<Request> live = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean cancelled;

  /** Whether the task has ended, so that nobody waits for its requests. */
  boolean isCancelled() {
    return cancelled;
  }

  void add(Request request) {
    live.add(request);
  }

  /** A request has its outcome, or gave way to others; those that wait to learn from it go on. */
  void ended(Request request) {
    live.remove(request);
    if (request.probe) {
      request.probe = false;
      request.plan.size().probed();
    }
  }

  /** Ends them all; gives what was under way. */
  List<Request> cancel() {
    cancelled = true;
    List<Request> all = new ArrayList<>(live);
    all.forEach(this::ended);
    return all;
  }
}

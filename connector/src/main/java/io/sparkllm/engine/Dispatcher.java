package io.sparkllm.engine;

import io.sparkllm.engine.ReplyJudge.Verdict;
import io.sparkllm.http.Reply;
import io.sparkllm.http.Timer;
import io.sparkllm.http.Transport;
import io.sparkllm.openai.Failure;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.openai.Usage;
import io.sparkllm.throttle.RateBudget;
import io.sparkllm.throttle.RateLimits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the calls of all tasks of an executor that share endpoint, key and model: first in, first
 * out, retries before new rows, within the concurrency and the rate budget. Nothing here waits: a
 * call that may not go yet is looked at again when another ends or a timer fires. Thread-safe.
 */
final class Dispatcher {
  /** What one task asks of the dispatcher; the lowest of all tasks' wishes holds. */
  record Member(int concurrency, RateLimits limits) {}

  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /** Calls in flight until the service has answered once: a wrong key should cost few calls. */
  static final int PROBES = 4;

  /** Breakers kept; a stage's tasks come back within far fewer stages than this. */
  private static final int MAX_BREAKERS = 256;

  private final Transport transport;
  private final Timer timer;
  private final RateBudget budget;
  private final ReentrantLock lock = new ReentrantLock();

  // All below is guarded by the lock.
  private final List<Member> members = new ArrayList<>();
  private final ArrayDeque<Call> fresh = new ArrayDeque<>();
  private final ArrayDeque<Call> retries = new ArrayDeque<>();
  private final Map<String, CircuitBreaker> breakers =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CircuitBreaker> eldest) {
          return size() > MAX_BREAKERS;
        }
      };
  private int concurrency = 1;
  private int inFlight;
  private boolean answered;
  private boolean paused;
  private long pausedUntil;
  private boolean wakeScheduled;
  private boolean blocked;
  private long blockedSince;

  Dispatcher(Transport transport, Timer timer, RateBudget budget) {
    this.transport = transport;
    this.timer = timer;
    this.budget = budget;
  }

  void join(Member member) {
    members(() -> members.add(member));
  }

  void leave(Member member) {
    members(() -> members.remove(member));
  }

  private void members(Runnable change) {
    lock.lock();
    try {
      change.run();
      if (!members.isEmpty()) {
        concurrency =
            members.stream().map(Member::concurrency).min(Comparator.naturalOrder()).orElseThrow();
        budget.limits(
            RateLimits.lowest(members.stream().map(Member::limits).toList()), System.nanoTime());
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The breaker of a transformation in a stage; the same one for its retried tasks. Stage ids alone
   * begin anew with every Spark context of a JVM.
   */
  CircuitBreaker breaker(String transformation, int stageId) {
    lock.lock();
    try {
      return breakers.computeIfAbsent(transformation + "/" + stageId, id -> new CircuitBreaker());
    } finally {
      lock.unlock();
    }
  }

  void submit(Call call) {
    lock.lock();
    try {
      fresh.add(call);
    } finally {
      lock.unlock();
    }
    pump();
  }

  /** Forgets calls: takes them from the queue and aborts those in flight. */
  void cancel(Collection<Call> calls) {
    if (calls.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      for (Call call : calls) {
        call.cancelled = true;
        abort(call);
      }
      fresh.removeIf(c -> c.cancelled);
      retries.removeIf(c -> c.cancelled);
    } finally {
      lock.unlock();
    }
    pump();
  }

  int inFlight() {
    lock.lock();
    try {
      return inFlight;
    } finally {
      lock.unlock();
    }
  }

  /** Calls that wait for a place or for their next attempt's turn, for tests. */
  int queued() {
    lock.lock();
    try {
      return fresh.size() + retries.size();
    } finally {
      lock.unlock();
    }
  }

  /** Sends what may be sent now. Finishing and sending happen outside the lock. */
  private void pump() {
    List<Call> toSend = new ArrayList<>();
    List<Runnable> toFinish = new ArrayList<>();
    lock.lock();
    try {
      long now = System.nanoTime();
      int limit = answered ? concurrency : Math.min(PROBES, concurrency);
      while (inFlight < limit) {
        ArrayDeque<Call> queue = retries.isEmpty() ? fresh : retries;
        Call call = queue.peek();
        if (call == null) {
          blocked = false;
          break;
        }
        Outcome ended = endedWhileQueued(call, now);
        if (ended != null) {
          queue.poll();
          toFinish.add(() -> call.finish(ended));
          continue;
        }
        long wait = waitNanos(call, now);
        if (wait > 0) {
          noteBlocked(now);
          wakeIn(wait);
          break;
        }
        queue.poll();
        unblock(call, now);
        begin(call, now);
        toSend.add(call);
      }
    } finally {
      lock.unlock();
    }
    toFinish.forEach(Runnable::run);
    toSend.forEach(this::send);
  }

  /** A call whose stage was stopped, or whose time ran out while it waited to be asked again. */
  private static Outcome endedWhileQueued(Call call, long now) {
    FatalCause cause = call.plan.breaker().cause();
    if (cause != null) {
      return call.lastError == null ? cause.notAttempted() : call.lastError;
    }
    return call.lastError != null && call.deadlineNanos() - now <= 0 ? call.lastError : null;
  }

  private void begin(Call call, long now) {
    if (call.calls == 0) {
      call.startNanos = now;
    }
    call.calls++;
    call.inFlight = true;
    inFlight++;
  }

  private long waitNanos(Call call, long now) {
    if (paused) {
      if (pausedUntil - now > 0) {
        return pausedUntil - now;
      }
      paused = false;
    }
    return budget.trySpend(call.tokens, now);
  }

  private void noteBlocked(long now) {
    if (!blocked) {
      blocked = true;
      blockedSince = now;
    }
  }

  private void unblock(Call call, long now) {
    if (blocked) {
      blocked = false;
      call.throttledNanos += now - blockedSince;
    }
  }

  private void wakeIn(long nanos) {
    if (!wakeScheduled) {
      wakeScheduled = true;
      // Not longer than a second: a refund or a higher limit may let it go sooner.
      timer.after(Math.min(nanos, 1_000_000_000L), this::wake);
    }
  }

  private void wake() {
    lock.lock();
    try {
      wakeScheduled = false;
    } finally {
      lock.unlock();
    }
    pump();
  }

  private void send(Call call) {
    if (isForgotten(call)) {
      pump();
      return;
    }
    CallPlan plan = call.plan;
    int number = call.calls;
    long now = System.nanoTime();
    Duration left = Duration.ofNanos(Math.max(1_000_000, call.deadlineNanos() - now));
    Duration timeout = plan.requestTimeout().compareTo(left) <= 0 ? plan.requestTimeout() : left;
    Transport.Attempt attempt;
    try {
      attempt =
          transport.post(
              plan.url(), plan.headers(), call.body, timeout, reply -> onReply(call, reply, now));
    } catch (RuntimeException e) {
      onReply(call, new Reply.Broken(Reply.Cause.CONNECTION, e.toString()), now);
      return;
    }
    boolean freed = false;
    lock.lock();
    try {
      // The reply may have come already, and the call may even be under way again.
      if (call.inFlight && call.calls == number) {
        call.attempt = attempt;
        if (call.cancelled) {
          abort(call);
          freed = true;
        }
      }
    } finally {
      lock.unlock();
    }
    if (freed) {
      // Another task's call may wait for this place, with nothing else under way to look at it.
      pump();
    }
  }

  /**
   * True when the call was cancelled since it was taken from the queue; its place is free again.
   */
  private boolean isForgotten(Call call) {
    lock.lock();
    try {
      if (call.cancelled) {
        call.inFlight = false;
        inFlight--;
      }
      return call.cancelled;
    } finally {
      lock.unlock();
    }
  }

  private void abort(Call call) {
    if (call.attempt != null && call.attempt.abort()) {
      call.attempt = null;
      call.inFlight = false;
      inFlight--;
    }
  }

  private void onReply(Call call, Reply reply, long sentNanos) {
    long now = System.nanoTime();
    Reading reading = ReplyJudge.read(call, reply);
    Outcome outcome = null;
    lock.lock();
    try {
      inFlight--;
      call.inFlight = false;
      call.attempt = null;
      call.latencyNanos = now - sentNanos;
      answered |= reply instanceof Reply.Response;
      if (!call.cancelled) {
        outcome = follow(call, ReplyJudge.judge(call, reading, answered, now), reading, now);
      }
    } finally {
      lock.unlock();
    }
    if (outcome != null) {
      call.finish(outcome);
    }
    pump();
  }

  /**
   * Does what was decided about a reply; gives the row's outcome, or null when it is asked again.
   */
  private Outcome follow(Call call, Verdict verdict, Reading reading, long now) {
    pauseAll(call.plan, verdict.pause(), now);
    if (verdict.outcome() != null) {
      settleTokens(call, verdict.outcome().usage());
      return verdict.outcome();
    }
    Failure failure = ((Reading.NotAnswered) reading).failure();
    if (failure.reaction() == Failure.Reaction.THROTTLE) {
      call.throttledNanos += verdict.delay().toNanos();
    }
    call.lastError = failure.error();
    timer.after(verdict.delay().toNanos(), () -> resubmit(call));
    return null;
  }

  private void settleTokens(Call call, Usage usage) {
    if (usage.totalTokens() != null) {
      budget.settle(call.tokens, Math.max(usage.totalTokens(), call.leastTokens));
    }
  }

  private void pauseAll(CallPlan plan, Duration pause, long now) {
    long until = now + pause.toNanos();
    if (pause.isZero() || (paused && until - pausedUntil <= 0)) {
      return;
    }
    if (!paused) {
      LOG.warn(
          "{} asks to wait; no call goes out for {} s",
          plan.endpoint().baseUrl(),
          pause.toSeconds());
    }
    paused = true;
    pausedUntil = until;
  }

  private void resubmit(Call call) {
    lock.lock();
    try {
      if (call.cancelled) {
        return;
      }
      retries.add(call);
    } finally {
      lock.unlock();
    }
    pump();
  }
}

package io.sparkllm.engine;

import io.sparkllm.http.Reply;
import io.sparkllm.http.Timer;
import io.sparkllm.http.Transport;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Failure;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.openai.Usage;
import io.sparkllm.throttle.RateBudget;
import io.sparkllm.throttle.RateLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

  /** Attempts to connect before an endpoint that never answered is called unreachable. */
  private static final int CONNECT_ATTEMPTS = 3;

  /** A wait from here on is meant for everybody, not for one request. */
  private static final Duration SHARED_WAIT = Duration.ofSeconds(2);

  /** Longest pause for everybody, whatever the service asks. */
  private static final Duration MAX_PAUSE = Duration.ofMinutes(5);

  /** Breakers kept; a stage's tasks come back within far fewer stages than this. */
  private static final int MAX_BREAKERS = 256;

  private static final String UNREACHABLE = code(Reply.Cause.UNREACHABLE);

  private final Transport transport;
  private final Timer timer;
  private final RateBudget budget;
  private final ReentrantLock lock = new ReentrantLock();

  // All below is guarded by the lock.
  private final List<Member> members = new ArrayList<>();
  private final ArrayDeque<Call> fresh = new ArrayDeque<>();
  private final ArrayDeque<Call> retries = new ArrayDeque<>();
  private final Map<Integer, CircuitBreaker> breakers =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, CircuitBreaker> eldest) {
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

  /** The breaker of a stage; the same one for its retried tasks. */
  CircuitBreaker breaker(int stageId) {
    lock.lock();
    try {
      return breakers.computeIfAbsent(stageId, id -> new CircuitBreaker());
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

  private void abort(Call call) {
    if (call.attempt != null && call.attempt.abort()) {
      call.attempt = null;
      call.inFlight = false;
      inFlight--;
    }
  }

  private void onReply(Call call, Reply reply, long sentNanos) {
    long now = System.nanoTime();
    Reading reading = read(call, reply);
    Runnable finish = null;
    lock.lock();
    try {
      inFlight--;
      call.inFlight = false;
      call.attempt = null;
      call.latencyNanos = now - sentNanos;
      answered |= reply instanceof Reply.Response;
      if (!call.cancelled) {
        Outcome outcome = settled(call, reading, now);
        if (outcome != null) {
          finish = () -> call.finish(outcome);
        }
      }
    } finally {
      lock.unlock();
    }
    if (finish != null) {
      finish.run();
    }
    pump();
  }

  private Reading read(Call call, Reply reply) {
    if (reply instanceof Reply.Response response) {
      try {
        return call.plan
            .reader()
            .read(response.status(), response.headers(), response.body(), Instant.now());
      } catch (RuntimeException e) {
        // A row without an outcome would wait for ever; whatever the reply holds, it gets one.
        LOG.warn("A reply cannot be read", e);
        return broken(ErrorType.INVALID_RESPONSE, "unreadable", e.toString(), Reaction.ROW);
      }
    }
    Reply.Broken broken = (Reply.Broken) reply;
    ErrorType type =
        switch (broken.cause()) {
          case UNREACHABLE, CONNECTION -> ErrorType.CONNECTION;
          case TIMEOUT -> ErrorType.TIMEOUT;
          case TOO_LARGE -> ErrorType.INVALID_RESPONSE;
        };
    Reaction reaction =
        switch (broken.cause()) {
          case TOO_LARGE -> Reaction.ROW;
          case UNREACHABLE ->
              call.calls >= CONNECT_ATTEMPTS && !hasAnswered() ? Reaction.FATAL : Reaction.RETRY;
          default -> Reaction.RETRY;
        };
    return broken(type, code(broken.cause()), broken.message(), reaction);
  }

  private static String code(Reply.Cause cause) {
    return cause.name().toLowerCase(Locale.ROOT);
  }

  private static Reading broken(ErrorType type, String code, String message, Reaction reaction) {
    return new Reading.NotAnswered(
        new Failure(Outcome.Failed.of(type, code, message), reaction, null));
  }

  private boolean hasAnswered() {
    lock.lock();
    try {
      return answered;
    } finally {
      lock.unlock();
    }
  }

  /** A row without an outcome would wait for ever, so whatever goes wrong here is its outcome. */
  private Outcome settled(Call call, Reading reading, long now) {
    try {
      return settle(call, reading, now);
    } catch (RuntimeException e) {
      LOG.warn("What follows a reply cannot be decided", e);
      return Outcome.Failed.of(ErrorType.INVALID_RESPONSE, "unreadable", e.toString());
    }
  }

  /** The row's outcome, or null when it will be asked again. */
  private Outcome settle(Call call, Reading reading, long now) {
    CallPlan plan = call.plan;
    if (reading instanceof Reading.Answered answered) {
      plan.breaker().succeeded();
      settleTokens(call, answered.answer().usage());
      return answered.answer();
    }
    Failure failure = ((Reading.NotAnswered) reading).failure();
    Outcome.Failed error = redacted(call, failure.error());
    switch (failure.reaction()) {
      case FATAL -> open(plan, error);
      case SUSPECT -> {
        if (plan.breaker().suspect()) {
          open(plan, error);
        }
      }
      case ROW -> {
        plan.breaker().succeeded();
        settleTokens(call, error.usage());
      }
      case THROTTLE -> call.throttles++;
      case RETRY -> call.failures++;
    }
    pauseAll(failure, plan, now);
    Duration left = Duration.ofNanos(call.deadlineNanos() - now);
    Optional<Duration> wait = plan.retry().next(failure, call.failures, call.throttles, left);
    if (wait.isEmpty() && isUnreachable(error) && !answered && plan.breaker().suspect()) {
      // With few attempts allowed, row after row would end so.
      open(plan, error);
    }
    if (wait.isEmpty() || plan.breaker().cause() != null) {
      return error;
    }
    if (failure.reaction() == Reaction.THROTTLE) {
      call.throttledNanos += wait.get().toNanos();
    }
    call.lastError = error;
    timer.after(wait.get().toNanos(), () -> resubmit(call));
    return null;
  }

  private static boolean isUnreachable(Outcome.Failed error) {
    return error.type() == ErrorType.CONNECTION && UNREACHABLE.equals(error.code());
  }

  private void settleTokens(Call call, Usage usage) {
    if (usage.totalTokens() != null) {
      budget.settle(call.tokens, Math.max(usage.totalTokens(), call.leastTokens));
    }
  }

  private static Outcome.Failed redacted(Call call, Outcome.Failed e) {
    return new Outcome.Failed(
        e.type(),
        e.code(),
        call.plan.endpoint().redact(e.message()),
        e.status(),
        e.requestId(),
        e.usage());
  }

  private static void open(CallPlan plan, Outcome.Failed error) {
    FatalCause cause = FatalCause.of(error, plan.endpoint().baseUrl(), plan.model());
    if (plan.breaker().open(cause)) {
      LOG.error("{}", cause.message());
    }
  }

  /** A short wait delays its own request, a long one everybody's. */
  private void pauseAll(Failure failure, CallPlan plan, long now) {
    if (failure.hint() == null
        || failure.hint().compareTo(SHARED_WAIT) < 0
        || failure.reaction() == Reaction.ROW) {
      return;
    }
    Duration pause = failure.hint().compareTo(MAX_PAUSE) < 0 ? failure.hint() : MAX_PAUSE;
    long until = now + pause.toNanos();
    if (!paused || until - pausedUntil > 0) {
      if (!paused) {
        LOG.warn(
            "{} asks to wait {} s; no call goes out for {} s",
            plan.endpoint().baseUrl(),
            failure.hint().toSeconds(),
            pause.toSeconds());
      }
      paused = true;
      pausedUntil = until;
    }
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

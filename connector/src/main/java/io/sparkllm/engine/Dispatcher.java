package io.sparkllm.engine;

import io.sparkllm.coordination.Activity;
import io.sparkllm.coordination.BudgetAnswer;
import io.sparkllm.coordination.BudgetAsk;
import io.sparkllm.coordination.DriverLink;
import io.sparkllm.coordination.FatalCause;
import io.sparkllm.coordination.StageReport;
import io.sparkllm.engine.ReplyJudge.Verdict;
import io.sparkllm.http.Reply;
import io.sparkllm.http.Timer;
import io.sparkllm.http.Transport;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Failure;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.openai.Usage;
import io.sparkllm.throttle.AdaptiveConcurrency;
import io.sparkllm.throttle.Demand;
import io.sparkllm.throttle.LeasedRateBudget;
import io.sparkllm.throttle.Observed;
import io.sparkllm.throttle.RateLimits;
import io.sparkllm.throttle.TokenEstimate;
import io.sparkllm.throttle.Waits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the calls of all tasks of an executor that share endpoint, key and model: first in, first
 * out, retries before new rows, within the concurrency and what the driver granted. Nothing here
 * waits: a call that may not go yet is looked at again when another ends, a grant comes or a timer
 * fires. Thread-safe.
 */
final class Dispatcher implements DriverLink.Participant {
  /**
   * What one task asks of the dispatcher; the lowest of all tasks' wishes holds.
   *
   * @param transformation names what is done to which DataFrame
   * @param stageId Spark's id of the task's stage
   * @param concurrency calls in flight at most
   * @param limits the rate limits that it names
   * @param maxTokens the limit of an answer; null where none is set
   * @param executors among how many the limits are shared where the driver cannot be asked
   * @param run the run that listens; null for none
   */
  record Member(
      String transformation,
      int stageId,
      int concurrency,
      RateLimits limits,
      Integer maxTokens,
      int executors,
      String run) {
    /** Stage ids alone begin anew with every Spark context of a JVM. */
    String stageKey() {
      return transformation + "/" + stageId;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /** More than any call uses: a nonsensical number would be paid off for ever. */
  private static final long MOST_TOKENS = 10_000_000;

  private final String budgetId;
  private final Transport transport;
  private final Timer timer;
  private final DriverLink link;
  private final ReentrantLock lock = new ReentrantLock();

  // All below is guarded by the lock.
  private final LeasedRateBudget budget = new LeasedRateBudget();
  private final AdaptiveConcurrency concurrency = new AdaptiveConcurrency();
  private final WaitClock waits = new WaitClock();
  private final Members members = new Members();
  private final ReplyCounts replies = new ReplyCounts();
  private final ArrayDeque<Call> fresh = new ArrayDeque<>();
  private final ArrayDeque<Call> retries = new ArrayDeque<>();
  private final BackOff backOff = new BackOff();

  private int inFlight;

  /** Tasks that can do nothing before one of their calls ends. */
  private int awaiting;

  private boolean answered;
  private boolean paused;
  private long pausedUntil;
  private long wakeNanos;
  private boolean wakeScheduled;
  private boolean blocked;
  private long blockedSince;
  private boolean coordinated;

  /** The driver cannot be asked, and each executor takes its share of the limits. */
  private boolean alone;

  private boolean present;

  /** A pause that the driver does not know of. */
  private boolean newPause;

  Dispatcher(String budgetId, Transport transport, Timer timer, DriverLink link) {
    this.budgetId = budgetId;
    this.transport = transport;
    this.timer = timer;
    this.link = link;
  }

  /** Takes part; gives what the tasks of its stage share. */
  Stage join(Member member) {
    lock.lock();
    try {
      holdForNewLimits(member.limits());
      Stage stage = members.join(member);
      membersChanged();
      if (alone) {
        takeShare();
      }
      return stage;
    } finally {
      lock.unlock();
    }
  }

  /** What was granted without a limit holds until the next grant, which must know of this one. */
  private void holdForNewLimits(RateLimits limits) {
    if (!limits.equals(RateLimits.NONE) && !members.limits().contains(limits)) {
      budget.refused();
      link.askNow();
    }
  }

  void leave(Member member) {
    lock.lock();
    try {
      members.leave(member);
      membersChanged();
    } finally {
      lock.unlock();
    }
  }

  private void takeShare() {
    budget.alone(RateLimits.lowest(members.limits()), members.executors(), System.nanoTime());
  }

  private void membersChanged() {
    if (!members.isEmpty()) {
      concurrency.bound(members.concurrency());
    }
    noteWaiting(System.nanoTime());
  }

  /** Whether the driver answers: then it ends a stage that a fatal cause stopped. */
  boolean isCoordinated() {
    lock.lock();
    try {
      return coordinated;
    } finally {
      lock.unlock();
    }
  }

  /** A breaker was opened elsewhere than here: the driver should hear it now. */
  void stopped() {
    link.askNow();
    pump();
  }

  @Override
  public boolean isStarved() {
    lock.lock();
    try {
      return budget.isStarved();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public BudgetAsk ask() {
    lock.lock();
    try {
      long now = System.nanoTime();
      List<StageReport> reports = members.reports();
      if (members.isEmpty() && !present && reports.isEmpty()) {
        return null;
      }
      present = !members.isEmpty();
      Waits waited = waits.take(now);
      return new BudgetAsk(
          budgetId,
          members.limits(),
          demand(now),
          observed(now),
          new Activity(inFlight, members.isEmpty() ? 0 : concurrency.limit(), waited),
          members.runs(),
          reports);
    } finally {
      lock.unlock();
    }
  }

  private Demand demand(long now) {
    long queued = (long) fresh.size() + retries.size();
    Call first = retries.isEmpty() ? fresh.peek() : retries.peek();
    if (first == null) {
      return budget.demand(0, 0, 0, now);
    }
    long firstTokens = first.plan.stage().tokens().charge(first.promptChars);
    Call last = fresh.isEmpty() ? first : fresh.peekLast();
    long lastTokens = last.plan.stage().tokens().charge(last.promptChars);
    return budget.demand(queued, (firstTokens + lastTokens) / 2, firstTokens, now);
  }

  private Observed observed(long now) {
    long pause = newPause && paused ? Math.max(0, pausedUntil - now) : 0;
    newPause = false;
    return replies.take(pause);
  }

  @Override
  public void answered(BudgetAsk ask, BudgetAnswer answer) {
    lock.lock();
    try {
      coordinated = true;
      alone = false;
      budget.granted(answer.grant(), System.nanoTime());
      members.told(ask.stages());
      members.stop(answer.stops());
    } finally {
      lock.unlock();
    }
    pump();
  }

  @Override
  public void unanswered(BudgetAsk ask, boolean nobodyAnswers) {
    lock.lock();
    try {
      budget.undelivered(ask.demand());
      replies.untold(ask.observed());
      newPause |= ask.observed().pauseNanos() > 0;
      if (nobodyAnswers) {
        coordinated = false;
        alone = true;
        takeShare();
      }
    } finally {
      lock.unlock();
    }
    pump();
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
        backOff.remove(call);
        abort(call);
      }
      fresh.removeIf(c -> c.cancelled);
      retries.removeIf(c -> c.cancelled);
    } finally {
      lock.unlock();
    }
    pump();
  }

  /** A task begins to wait for its calls; to be followed by {@link #goesOn}. */
  void awaits() {
    awaiting(1);
  }

  /** The task reads rows or gives them out again. */
  void goesOn() {
    awaiting(-1);
  }

  private void awaiting(int more) {
    lock.lock();
    try {
      awaiting += more;
      noteWaiting(System.nanoTime());
    } finally {
      lock.unlock();
    }
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
      return fresh.size() + retries.size() + backOff.size();
    } finally {
      lock.unlock();
    }
  }

  /** Sends what may be sent now. Finishing and sending happen outside the lock. */
  private void pump() {
    List<Call> toSend = new ArrayList<>();
    List<Runnable> toFinish = new ArrayList<>();
    boolean starved;
    lock.lock();
    try {
      long now = System.nanoTime();
      endOverdue(toFinish, now);
      while (inFlight < concurrency.limit()) {
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
        long charge = call.plan.stage().tokens().charge(call.promptChars);
        long wait = waitNanos(charge, now);
        if (wait > 0) {
          noteBlocked(now);
          wakeIn(wait, now);
          break;
        }
        queue.poll();
        unblock(call, now);
        begin(call, charge, now);
        toSend.add(call);
      }
      noteWaiting(now);
      starved = budget.isStarved();
    } finally {
      lock.unlock();
    }
    if (starved) {
      link.askSoon();
    }
    toFinish.forEach(Runnable::run);
    toSend.forEach(this::send);
  }

  /** Calls need not reach the head of the queue, nor wait out their delay, to end. */
  private void endOverdue(List<Runnable> toFinish, long now) {
    if (members.isStopped()) {
      end(fresh, toFinish, now);
      for (Call call : backOff.stopped()) {
        backOff.remove(call);
        toFinish.add(() -> call.finish(call.lastError));
      }
    }
    if (!retries.isEmpty()) {
      end(retries, toFinish, now);
    }
  }

  private void end(ArrayDeque<Call> queue, List<Runnable> toFinish, long now) {
    queue.removeIf(
        call -> {
          Outcome ended = endedWhileQueued(call, now);
          if (ended != null) {
            toFinish.add(() -> call.finish(ended));
          }
          return ended != null;
        });
  }

  private void noteWaiting(long now) {
    waits.waitsFor(waitsFor(), now);
  }

  private WaitClock.For waitsFor() {
    if (members.isEmpty()) {
      return WaitClock.For.NOTHING;
    }
    if (!fresh.isEmpty() || !retries.isEmpty()) {
      if (blocked || concurrency.isCut()) {
        return WaitClock.For.RATE_LIMIT;
      }
      // Below the option's value it is answers that let the calls grow.
      return concurrency.isAtBound() ? WaitClock.For.CONCURRENCY : WaitClock.For.ANSWERS;
    }
    if (awaiting < members.size()) {
      // With room for more calls, a task reads its input or somebody works on its output.
      return WaitClock.For.ROWS;
    }
    if (backOff.isThrottled()) {
      return WaitClock.For.RATE_LIMIT;
    }
    return inFlight > 0 || !backOff.isEmpty() ? WaitClock.For.ANSWERS : WaitClock.For.ROWS;
  }

  /** A call whose stage was stopped, or whose time ran out while it waited to be asked again. */
  private Outcome endedWhileQueued(Call call, long now) {
    FatalCause cause = call.plan.breaker().cause();
    if (cause != null) {
      return call.lastError == null ? cause.notAttempted() : call.lastError;
    }
    if (call.lastError != null && call.deadlineNanos() - now <= 0) {
      return call.lastError;
    }
    long needed = call.plan.stage().tokens().needed(call.promptChars);
    return budget.tokenLimit() != null && needed > budget.tokenLimit()
        ? tooLarge(needed, budget.tokenLimit())
        : null;
  }

  private static Outcome tooLarge(long needed, long limit) {
    return Outcome.Failed.of(
        ErrorType.INVALID_REQUEST,
        "request_too_large",
        String.format(
            Locale.ROOT,
            "Not asked: the request needs about %,d tokens, more than tokensPerMinute=%,d allows in"
                + " a whole minute; shorten the prompt, lower maxTokens or raise tokensPerMinute",
            needed,
            limit));
  }

  private void begin(Call call, long charge, long now) {
    call.tokens = charge;
    if (call.calls == 0) {
      call.startNanos = now;
    }
    call.calls++;
    call.inFlight = true;
    inFlight++;
  }

  private long waitNanos(long charge, long now) {
    if (paused) {
      if (pausedUntil - now > 0) {
        return pausedUntil - now;
      }
      paused = false;
    }
    return budget.trySpend(charge, now);
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

  private void wakeIn(long nanos, long now) {
    // Not longer than a second: a refund or a higher limit may let it go sooner.
    long at = now + Math.min(nanos, 1_000_000_000L);
    if (!wakeScheduled || wakeNanos - at > 0) {
      wakeScheduled = true;
      wakeNanos = at;
      timer.after(at - now, this::wake);
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
      boolean saturated = inFlight >= concurrency.limit();
      inFlight--;
      call.inFlight = false;
      call.attempt = null;
      call.latencyNanos = now - sentNanos;
      answered |= reply instanceof Reply.Response;
      learn(reply, reading, sentNanos, saturated, now);
      if (!call.cancelled) {
        outcome = follow(call, ReplyJudge.judge(call, reading, answered, now), reading, now);
      }
    } finally {
      lock.unlock();
    }
    if (outcome != null) {
      call.finish(outcome);
    }
    if (call.plan.breaker().cause() != null && !call.plan.breaker().isTold()) {
      link.askNow();
    }
    pump();
  }

  /** What the reply says about how much the service takes. */
  private void learn(Reply reply, Reading reading, long sentNanos, boolean saturated, long now) {
    replies.headers(reply);
    if (reading instanceof Reading.Answered) {
      replies.accepted();
      concurrency.succeeded(saturated, now);
      return;
    }
    Failure failure = ((Reading.NotAnswered) reading).failure();
    switch (failure.reaction()) {
      case THROTTLE -> {
        replies.throttled(failure.error().code());
        concurrency.dropped(sentNanos, now);
        boolean starved = budget.isStarved();
        budget.refused();
        if (budget.isStarved() && !starved) {
          link.askNow();
        } else {
          // Not an ask for each refusal: a busy service refuses hundreds a second, of each
          // executor.
          link.askSoon();
        }
      }
      case ROW -> {
        replies.accepted();
        concurrency.succeeded(saturated, now);
      }
      case RETRY -> {
        if (failure.error().type() == ErrorType.TIMEOUT) {
          concurrency.dropped(sentNanos, now);
        } else {
          concurrency.failing(now);
        }
      }
      case SUSPECT, FATAL -> {}
    }
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
    boolean throttle = failure.reaction() == Failure.Reaction.THROTTLE;
    if (throttle) {
      call.throttledNanos += verdict.delay().toNanos();
    }
    call.lastError = failure.error();
    call.lastThrottled = throttle;
    backOff.add(call, timer.after(verdict.delay().toNanos(), () -> resubmit(call)));
    return null;
  }

  private void settleTokens(Call call, Usage usage) {
    TokenEstimate estimate = call.plan.stage().tokens();
    Long total = plausible(usage.totalTokens());
    if (total != null && total == 0) {
      // From a server that does not count.
      return;
    }
    if (total != null) {
      budget.settle(call.tokens, Math.max(total, estimate.least(call.promptChars)));
    }
    estimate.observe(
        call.promptChars, plausible(usage.promptTokens()), plausible(usage.completionTokens()));
  }

  private static Long plausible(Long tokens) {
    return tokens != null && tokens >= 0 && tokens <= MOST_TOKENS ? tokens : null;
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
    newPause = true;
    pausedUntil = until;
    link.askSoon();
  }

  private void resubmit(Call call) {
    lock.lock();
    try {
      if (!backOff.remove(call)) {
        return;
      }
      retries.add(call);
    } finally {
      lock.unlock();
    }
    pump();
  }
}

package io.sparkllm.engine;

import io.sparkllm.coordination.Activity;
import io.sparkllm.coordination.BudgetAnswer;
import io.sparkllm.coordination.BudgetAsk;
import io.sparkllm.coordination.Cap;
import io.sparkllm.coordination.DriverLink;
import io.sparkllm.coordination.FatalCause;
import io.sparkllm.coordination.StageReport;
import io.sparkllm.engine.ReplyJudge.Again;
import io.sparkllm.engine.ReplyJudge.Finished;
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
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the requests of all tasks of an executor that share endpoint, key and model: first in,
 * first out, retries before new rows, within the concurrency and what the driver granted. Nothing
 * here waits: a call that may not go yet is looked at again when another ends, a grant comes or a
 * timer fires. Thread-safe.
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
   * @param form names the form of its requests, which sizes are learned for
   * @param executors among how many the limits are shared where the driver cannot be asked
   * @param run the run that listens; null for none
   * @param cap what the transformation may spend; null for any amount
   */
  record Member(
      String transformation,
      int stageId,
      int concurrency,
      RateLimits limits,
      Integer maxTokens,
      String form,
      int executors,
      String run,
      Cap cap) {
    /** Stage ids alone begin anew with every Spark context of a JVM. */
    String stageKey() {
      return transformation + "/" + stageId;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

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
  private final ArrayDeque<Request> fresh = new ArrayDeque<>();
  private final ArrayDeque<Request> retries = new ArrayDeque<>();
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
    Request first = retries.isEmpty() ? fresh.peek() : retries.peek();
    if (first == null) {
      return budget.demand(0, 0, 0, now);
    }
    long firstTokens = first.charge();
    long lastTokens = fresh.isEmpty() ? firstTokens : fresh.peekLast().charge();
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

  void submit(Request request) {
    lock.lock();
    try {
      request.task.add(request);
      if (request.task.isCancelled()) {
        request.task.ended(request);
        return;
      }
      fresh.add(request);
    } finally {
      lock.unlock();
    }
    pump();
  }

  /**
   * Forgets what a task asks, now and later: takes it from the queue and aborts what is in flight.
   */
  void cancel(TaskRequests task) {
    lock.lock();
    try {
      List<Request> live = task.cancel();
      if (live.isEmpty()) {
        return;
      }
      for (Request request : live) {
        backOff.remove(request);
        abort(request);
      }
      fresh.removeIf(r -> r.task == task);
      retries.removeIf(r -> r.task == task);
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
    List<Request> toSend = new ArrayList<>();
    List<Runnable> toFinish = new ArrayList<>();
    boolean starved;
    lock.lock();
    try {
      long now = System.nanoTime();
      endOverdue(toFinish, now);
      while (inFlight < concurrency.limit()) {
        ArrayDeque<Request> queue = retries.isEmpty() ? fresh : retries;
        Request request = queue.peek();
        if (request == null) {
          blocked = false;
          break;
        }
        if (request.rows() > 1 && isOverTokenLimit(request)) {
          queue.poll();
          replace(request, request.halves());
          continue;
        }
        Outcome ended = endedWhileQueued(request, now);
        if (ended != null) {
          queue.poll();
          end(request, ended, toFinish);
          continue;
        }
        if (isHeld(request)) {
          break;
        }
        long charge = request.charge();
        long wait = waitNanos(charge, now);
        if (wait > 0) {
          noteBlocked(now);
          wakeIn(wait, now);
          break;
        }
        queue.poll();
        unblock(request, now);
        request.begin(charge, now);
        inFlight++;
        toSend.add(request);
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

  /**
   * Whether the driver has to hear first of what was spent, or the cap would be overspent by more
   * than what is under way. It is being asked; its answer brings the request back here.
   */
  private boolean isHeld(Request request) {
    Spent spent = request.plan.stage().spent();
    return spent != null && !alone && spent.isNews();
  }

  private static void end(Request request, Outcome outcome, List<Runnable> toFinish) {
    request.task.ended(request);
    toFinish.add(() -> request.finish(outcome));
  }

  /** A request gives way to others that ask for its rows at once. */
  private void replace(Request request, List<Request> parts) {
    request.task.ended(request);
    parts.forEach(request.task::add);
    retries.addAll(parts);
  }

  /** Requests need not reach the head of the queue, nor wait out their delay, to end. */
  private void endOverdue(List<Runnable> toFinish, long now) {
    if (members.isStopped()) {
      endQueued(fresh, toFinish, now);
      for (Request request : backOff.stopped()) {
        backOff.remove(request);
        end(request, request.lastError, toFinish);
      }
    }
    if (!retries.isEmpty()) {
      endQueued(retries, toFinish, now);
    }
  }

  private void endQueued(ArrayDeque<Request> queue, List<Runnable> toFinish, long now) {
    queue.removeIf(
        request -> {
          Outcome ended = endedWhileQueued(request, now);
          if (ended != null) {
            end(request, ended, toFinish);
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

  /** What ends where its stage was stopped, or its time ran out while it waited to go again. */
  private Outcome endedWhileQueued(Request request, long now) {
    FatalCause cause = request.plan.breaker().cause();
    if (cause != null) {
      return request.lastError == null ? cause.notAttempted() : request.lastError;
    }
    if (request.lastError != null && request.deadlineNanos() - now <= 0) {
      return request.lastError;
    }
    return request.rows() == 1 && isOverTokenLimit(request)
        ? tooLarge(needed(request), budget.tokenLimit())
        : null;
  }

  private boolean isOverTokenLimit(Request request) {
    return budget.tokenLimit() != null && needed(request) > budget.tokenLimit();
  }

  private static long needed(Request request) {
    return request.plan.stage().tokens().needed(request.promptChars, request.rows());
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

  private void unblock(Request request, long now) {
    if (blocked) {
      blocked = false;
      request.lead().throttledNanos += now - blockedSince;
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

  private void send(Request request) {
    if (isForgotten(request)) {
      pump();
      return;
    }
    CallPlan plan = request.plan;
    int number = request.attempts;
    long now = System.nanoTime();
    Duration left = Duration.ofNanos(Math.max(1_000_000, request.deadlineNanos() - now));
    Duration timeout = plan.requestTimeout().compareTo(left) <= 0 ? plan.requestTimeout() : left;
    Transport.Attempt attempt;
    try {
      attempt =
          transport.post(
              request.url(),
              plan.headers(),
              request.body(),
              timeout,
              reply -> onReply(request, reply, now));
    } catch (RuntimeException e) {
      onReply(request, new Reply.Broken(Reply.Cause.CONNECTION, e.toString()), now);
      return;
    }
    boolean freed = false;
    lock.lock();
    try {
      // The reply may have come already, and the request may even be under way again.
      if (request.inFlight && request.attempts == number) {
        request.attempt = attempt;
        if (request.task.isCancelled()) {
          abort(request);
          freed = true;
        }
      }
    } finally {
      lock.unlock();
    }
    if (freed) {
      // Another task's request may wait for this place, with nothing else under way to look at it.
      pump();
    }
  }

  /**
   * True when the request was cancelled since it was taken from the queue; its place is free again.
   */
  private boolean isForgotten(Request request) {
    lock.lock();
    try {
      boolean cancelled = request.task.isCancelled();
      if (cancelled) {
        request.inFlight = false;
        inFlight--;
      }
      return cancelled;
    } finally {
      lock.unlock();
    }
  }

  private void abort(Request request) {
    if (request.attempt != null && request.attempt.abort()) {
      request.attempt = null;
      request.inFlight = false;
      inFlight--;
    }
  }

  private void onReply(Request request, Reply reply, long sentNanos) {
    long now = System.nanoTime();
    Reading reading = ReplyJudge.read(request, reply);
    List<Finished> finished = List.of();
    lock.lock();
    try {
      boolean saturated = inFlight >= concurrency.limit();
      inFlight--;
      request.replied(now - sentNanos);
      answered |= reply instanceof Reply.Response;
      learn(reply, reading, sentNanos, saturated, now);
      spend(request, reading);
      if (!request.task.isCancelled()) {
        Verdict verdict = ReplyJudge.judge(request, reading, answered, sentNanos, now);
        settleTokens(request, reading);
        pauseAll(request.plan, verdict.pause(), now);
        goOn(request, verdict.again());
        finished = verdict.finished();
      }
    } finally {
      lock.unlock();
    }
    for (Finished row : finished) {
      row.call().finish(row.outcome());
    }
    if (isToTell(request.plan.stage())) {
      link.askNow();
    }
    pump();
  }

  /** The driver should hear of a stop at once, and soon enough of what a cap is spent on. */
  private boolean isToTell(Stage stage) {
    if (stage.breaker().cause() != null && !stage.breaker().isTold()) {
      return true;
    }
    if (stage.spent() == null) {
      return false;
    }
    lock.lock();
    try {
      return stage.spent().isNews();
    } finally {
      lock.unlock();
    }
  }

  /** Counts what was paid, also where nobody waits for the answer any more. */
  private void spend(Request request, Reading reading) {
    Stage stage = request.plan.stage();
    if (stage.spent() == null) {
      return;
    }
    stage.spent().add(PaidTokens.of(request.promptChars, reading));
    FatalCause cause = alone ? stage.spent().reachedAlone(members.executors()) : null;
    if (cause != null && stage.breaker().open(cause)) {
      LOG.error("{}", cause.message());
    }
  }

  /** What the reply says about how much the service takes. */
  private void learn(Reply reply, Reading reading, long sentNanos, boolean saturated, long now) {
    replies.headers(reply);
    Failure failure = failure(reading);
    if (failure == null) {
      replies.accepted();
      concurrency.succeeded(saturated, now);
      return;
    }
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
      // How many calls the tier has room for changes by itself; the rate is not at fault.
      case CAPACITY -> concurrency.failing(now);
      case SUSPECT, FATAL -> {}
    }
  }

  /** The failure of a request as a whole, or the refusal of any of its rows as too much. */
  private static Failure failure(Reading reading) {
    if (reading instanceof Reading.NotAnswered no) {
      return no.failure();
    }
    if (reading instanceof Reading.Each each) {
      for (Reading row : each.rows()) {
        if (row instanceof Reading.NotAnswered no
            && no.failure().reaction() == Failure.Reaction.THROTTLE) {
          return no.failure();
        }
      }
    }
    return null;
  }

  /** Has a request's rows asked again, by itself or by what takes its place. */
  private void goOn(Request request, List<Again> again) {
    boolean same = again.size() == 1 && again.get(0).request() == request;
    if (!same) {
      request.task.ended(request);
    }
    for (Again next : again) {
      request.task.add(next.request());
      if (next.request().lastThrottled) {
        next.request().lead().throttledNanos += next.delay().toNanos();
      }
      if (next.delay().isZero()) {
        retries.add(next.request());
      } else {
        backOff.add(
            next.request(), timer.after(next.delay().toNanos(), () -> resubmit(next.request())));
      }
    }
  }

  private void settleTokens(Request request, Reading reading) {
    Usage usage = PaidTokens.usage(reading);
    TokenEstimate estimate = request.plan.stage().tokens();
    Long total = PaidTokens.plausible(usage.totalTokens());
    if (total != null && total == 0) {
      // From a server that does not count.
      return;
    }
    if (total != null) {
      budget.settle(
          request.tokens, Math.max(total, estimate.least(request.promptChars, request.rows())));
    }
    estimate.observe(
        request.promptChars,
        request.rows(),
        PaidTokens.plausible(usage.promptTokens()),
        PaidTokens.plausible(usage.completionTokens()));
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

  private void resubmit(Request request) {
    lock.lock();
    try {
      if (!backOff.remove(request)) {
        return;
      }
      retries.add(request);
    } finally {
      lock.unlock();
    }
    pump();
  }
}

package io.sparkllm.engine;

import io.sparkllm.coordination.FatalCause;
import io.sparkllm.http.Reply;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Failure;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.ReplyReader.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a reply means for its call and for its stage. Whatever goes wrong here is the row's outcome:
 * a row without one would wait for ever.
 */
final class ReplyJudge {
  /**
   * The decision.
   *
   * @param outcome the row's outcome; null when it is asked again
   * @param delay how long before it is asked again; null when it has its outcome
   * @param pause how long nobody should call; zero for no pause
   */
  record Verdict(Outcome outcome, Duration delay, Duration pause) {}

  private static final Logger LOG = LoggerFactory.getLogger(ReplyJudge.class);

  /** Attempts to connect before an endpoint that never answered is called unreachable. */
  private static final int CONNECT_ATTEMPTS = 3;

  /** A wait from here on is meant for everybody, not for one request. */
  private static final Duration SHARED_WAIT = Duration.ofSeconds(2);

  /** Longest pause for everybody, whatever the service asks. */
  private static final Duration MAX_PAUSE = Duration.ofMinutes(5);

  private static final String UNREACHABLE = Reply.Cause.UNREACHABLE.code();

  private ReplyJudge() {}

  /** What the reply holds. Needs no lock. */
  static Reading read(Call call, Reply reply) {
    if (reply instanceof Reply.Broken broken) {
      return new Reading.NotAnswered(broken.failure());
    }
    Reply.Response response = (Reply.Response) reply;
    try {
      return call.plan
          .reader()
          .read(response.status(), response.headers(), response.body(), Instant.now());
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      LOG.warn("A reply cannot be read", e);
      return new Reading.NotAnswered(new Failure(unreadable(e), Reaction.ROW, null));
    }
  }

  private static Outcome.Failed unreadable(Throwable e) {
    return Outcome.Failed.of(ErrorType.INVALID_RESPONSE, "unreadable", e.toString());
  }

  /** Decides. Under the dispatcher's lock, as it counts in the call. */
  static Verdict judge(Call call, Reading reading, boolean reachable, long nowNanos) {
    try {
      if (reading instanceof Reading.Answered answered) {
        call.plan.breaker().succeeded();
        return new Verdict(answered.answer(), null, Duration.ZERO);
      }
      return judge(call, ((Reading.NotAnswered) reading).failure(), reachable, nowNanos);
    } catch (RuntimeException | StackOverflowError e) {
      LOG.warn("What follows a reply cannot be decided", e);
      return new Verdict(unreadable(e), null, Duration.ZERO);
    }
  }

  private static Verdict judge(Call call, Failure failure, boolean reachable, long nowNanos) {
    CallPlan plan = call.plan;
    count(call, failure.reaction());
    Duration left = Duration.ofNanos(call.deadlineNanos() - nowNanos);
    Optional<Duration> wait = plan.retry().next(failure, call.failures, call.throttles, left);
    if (isFatal(call, failure, reachable, wait.isEmpty())) {
      open(plan, failure.error());
    }
    return wait.isEmpty() || plan.breaker().cause() != null
        ? new Verdict(failure.error(), null, pause(failure))
        : new Verdict(null, wait.get(), pause(failure));
  }

  private static void count(Call call, Reaction reaction) {
    switch (reaction) {
      case THROTTLE -> call.throttles++;
      case RETRY -> call.failures++;
      case ROW -> call.plan.breaker().succeeded();
      case SUSPECT, FATAL -> {}
    }
  }

  private static boolean isFatal(
      Call call, Failure failure, boolean reachable, boolean lastAttempt) {
    if (!reachable && UNREACHABLE.equals(failure.error().code())) {
      // With few attempts allowed, row after row would end so.
      return call.calls >= CONNECT_ATTEMPTS || (lastAttempt && call.plan.breaker().suspect());
    }
    return switch (failure.reaction()) {
      case FATAL -> true;
      case SUSPECT -> call.plan.breaker().suspect();
      default -> false;
    };
  }

  private static void open(CallPlan plan, Outcome.Failed error) {
    FatalCause cause =
        FatalCause.of(error, plan.endpoint().baseUrl(), plan.model(), plan.failsJob());
    if (plan.breaker().open(cause)) {
      // The error is told by the driver, once for all executors that meet the cause.
      LOG.warn("{}", cause.message());
    }
  }

  /** A short wait delays its own request, a long one everybody's. */
  private static Duration pause(Failure failure) {
    Duration hint = failure.hint();
    boolean again = failure.reaction() == Reaction.THROTTLE || failure.reaction() == Reaction.RETRY;
    if (hint == null || !again || hint.compareTo(SHARED_WAIT) < 0) {
      return Duration.ZERO;
    }
    return hint.compareTo(MAX_PAUSE) < 0 ? hint : MAX_PAUSE;
  }
}

package io.sparkllm.engine;

import io.sparkllm.coordination.FatalCause;
import io.sparkllm.http.Reply;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Failure;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.ReplyReader;
import io.sparkllm.openai.ReplyReader.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a reply means for its request and for its stage. Whatever goes wrong here is the rows'
 * outcome: a row without one would wait for ever.
 */
final class ReplyJudge {
  /**
   * The decision. Each row of the request is in one of the two lists.
   *
   * @param finished rows that have their outcome
   * @param again what asks for the others
   * @param pause how long nobody should call; zero for no pause
   */
  record Verdict(List<Finished> finished, List<Again> again, Duration pause) {}

  /**
   * A row that has its outcome.
   *
   * @param call the row
   * @param outcome its answer or error
   */
  record Finished(Call call, Outcome outcome) {}

  /**
   * A request that goes out again.
   *
   * @param request the same, or a part of it
   * @param delay how long before
   */
  record Again(Request request, Duration delay) {}

  private static final Logger LOG = LoggerFactory.getLogger(ReplyJudge.class);

  /** Attempts to connect before an endpoint that never answered is called unreachable. */
  private static final int CONNECT_ATTEMPTS = 3;

  /** A wait from here on is meant for everybody, not for one request. */
  private static final Duration SHARED_WAIT = Duration.ofSeconds(2);

  /** Longest pause for everybody, whatever the service asks. */
  private static final Duration MAX_PAUSE = Duration.ofMinutes(5);

  /** Replies that do not tell what became of a row before it is asked by itself. */
  private static final int MISSES = 2;

  /** Where more than this share of a prompt's rows is missing, it held too many. */
  private static final int MISSING_SHARE = 4;

  private static final int PAYLOAD_TOO_LARGE = 413;

  private static final String UNREACHABLE = Reply.Cause.UNREACHABLE.code();

  private static final Failure MISSING =
      new Failure(
          Outcome.Failed.of(
              ErrorType.INVALID_RESPONSE,
              "missing_item",
              "The reply does not tell, or not clearly, what became of this row"),
          Reaction.RETRY,
          null);

  private ReplyJudge() {}

  /** What the reply holds. Needs no lock. */
  static Reading read(Request request, Reply reply) {
    if (reply instanceof Reply.Broken broken) {
      return new Reading.NotAnswered(broken.failure());
    }
    Reply.Response response = (Reply.Response) reply;
    ReplyReader reader = request.plan.reader();
    try {
      return request.isAlone()
          ? reader.read(response.status(), response.headers(), response.body(), Instant.now())
          : reader.read(
              request.plan.codec(),
              request.items(),
              response.status(),
              response.headers(),
              response.body(),
              Instant.now());
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      LOG.warn("A reply cannot be read", e);
      return new Reading.NotAnswered(new Failure(unreadable(e), Reaction.ROW, null));
    }
  }

  private static Outcome.Failed unreadable(Throwable e) {
    return Outcome.Failed.of(ErrorType.INVALID_RESPONSE, "unreadable", e.toString());
  }

  /**
   * Decides. Under the dispatcher's lock, as it counts in the request.
   *
   * @param sentNanos when the attempt was sent
   */
  static Verdict judge(
      Request request, Reading reading, boolean reachable, long sentNanos, long nowNanos) {
    try {
      return new ReplyJudge.Case(request, reachable, sentNanos, nowNanos).judge(reading);
    } catch (RuntimeException | StackOverflowError e) {
      LOG.warn("What follows a reply cannot be decided", e);
      return all(request, unreadable(e), Duration.ZERO);
    }
  }

  private static Verdict all(Request request, Outcome outcome, Duration pause) {
    if (request.rows() == 1) {
      return new Verdict(List.of(new Finished(request.lead(), outcome)), List.of(), pause);
    }
    return new Verdict(
        request.calls.stream().map(call -> new Finished(call, outcome)).toList(), List.of(), pause);
  }

  /** One reply to one request. */
  private record Case(Request request, boolean reachable, long sentNanos, long nowNanos) {
    Verdict judge(Reading reading) {
      if (reading instanceof Reading.Answered answered) {
        plan().breaker().succeeded();
        noteSchema();
        return all(request, answered.answer(), Duration.ZERO);
      }
      return reading instanceof Reading.Each each
          ? each(each.rows())
          : failed(((Reading.NotAnswered) reading).failure());
    }

    private CallPlan plan() {
      return request.plan;
    }

    private Verdict failed(Failure failure) {
      if (isUnknownSchema(failure)) {
        markSchemaUnknown(failure);
        note(request, failure);
        return new Verdict(List.of(), List.of(new Again(request, Duration.ZERO)), Duration.ZERO);
      }
      count(failure.reaction());
      if (mayCorrect(request.lead(), failure)) {
        noteSchema();
        return new Verdict(
            List.of(),
            List.of(new Again(corrected(request.lead(), failure), Duration.ZERO)),
            Duration.ZERO);
      }
      if (isUnknownForm(failure)) {
        return unknownForm(failure);
      }
      Optional<Duration> wait = wait(failure);
      if (isFatal(failure, wait.isEmpty())) {
        open(failure.error());
      }
      if (plan().breaker().cause() != null) {
        return all(request, failure.error(), pause(failure));
      }
      if (request.rows() > 1 && !isThrottle(failure) && !isCapacity(failure)) {
        return split(failure, wait);
      }
      if (wait.isEmpty()) {
        return all(request, failure.error(), pause(failure));
      }
      note(request, failure);
      return new Verdict(List.of(), List.of(new Again(request, wait.get())), pause(failure));
    }

    /**
     * A failure of many rows may be one row's, or due to their number. So halves go on; what the
     * service refused comes back at once, what it could not do after a wait.
     */
    private Verdict split(Failure failure, Optional<Duration> wait) {
      boolean refused =
          failure.reaction() == Reaction.ROW || failure.reaction() == Reaction.SUSPECT;
      if (!refused && wait.isEmpty()) {
        return all(request, failure.error(), pause(failure));
      }
      if (isTooMuch(failure)) {
        plan().size().cut(request.rows(), sentNanos, nowNanos);
      }
      Duration delay = refused ? Duration.ZERO : wait.get();
      List<Again> halves = new ArrayList<>(2);
      for (Request half : request.halves()) {
        note(half, failure);
        halves.add(new Again(half, delay));
      }
      return new Verdict(List.of(), halves, pause(failure));
    }

    /** Whether fewer rows might have passed, whichever they are. */
    private boolean isTooMuch(Failure failure) {
      Outcome.Failed error = failure.error();
      boolean tooLong =
          Integer.valueOf(PAYLOAD_TOO_LARGE).equals(error.status())
              || "max_tokens_per_request".equals(error.code())
              // "Request too large for …: Limit …, Requested …".
              || Integer.valueOf(429).equals(error.status());
      return switch (error.type()) {
        case TIMEOUT, SERVER -> true;
        case CONTEXT_LENGTH, TRUNCATED, INVALID_RESPONSE -> tooLong || plan().codec().isOnePrompt();
        default -> tooLong;
      };
    }

    private Verdict each(List<Reading> rows) {
      List<Finished> finished = new ArrayList<>(rows.size());
      List<Call> missing = new ArrayList<>();
      List<Call> failing = new ArrayList<>();
      List<Call> schemaless = new ArrayList<>();
      List<Again> again = new ArrayList<>();
      Failure worst = null;
      for (int i = 0; i < rows.size(); i++) {
        Call call = request.calls.get(i);
        Reading row = rows.get(i);
        if (row == null) {
          call.misses++;
          missing.add(call);
        } else if (row instanceof Reading.Answered answered) {
          plan().breaker().succeeded();
          noteSchema();
          finished.add(new Finished(call, answered.answer()));
        } else {
          Failure failure = ((Reading.NotAnswered) row).failure();
          if (isUnknownSchema(failure)) {
            markSchemaUnknown(failure);
            schemaless.add(call);
          } else if (mayCorrect(call, failure)) {
            noteSchema();
            plan().breaker().succeeded();
            again.add(new Again(corrected(call, failure), Duration.ZERO));
          } else if (isAgain(failure)) {
            worst = worst == null || isThrottle(failure) ? failure : worst;
            failing.add(call);
          } else {
            ownError(failure);
            finished.add(new Finished(call, failure.error()));
          }
        }
      }
      learn(missing.size() + failing.size());
      if (!schemaless.isEmpty()) {
        again.add(new Again(request.part(schemaless), Duration.ZERO));
      }
      if (worst != null) {
        count(worst.reaction());
        again(failing, worst, finished, again);
      }
      if (!missing.isEmpty()) {
        // Once for the request: an attempt is one, whatever was wrong with it.
        if (worst == null || worst.reaction() != Reaction.RETRY) {
          count(MISSING.reaction());
        }
        again(missing, MISSING, finished, again);
      }
      return new Verdict(finished, again, worst == null ? Duration.ZERO : pause(worst));
    }

    /** The service was seen to take a schema. */
    private void noteSchema() {
      if (plan().typed() != null && !request.withoutSchema) {
        plan().size().markSchemaKept();
      }
    }

    private boolean isUnknownSchema(Failure failure) {
      return plan().typed() != null
          && !request.withoutSchema
          && !plan().size().isSchemaKept()
          && plan().typed().isUnknown(failure);
    }

    private void markSchemaUnknown(Failure failure) {
      if (!plan().size().isSchemaUnknown()) {
        LOG.warn(
            "{} takes no JSON schema ({}); it is asked for JSON objects, with the schema in the prompt",
            plan().url(),
            failure.error().message());
        plan().size().markSchemaUnknown();
      }
    }

    /** Whether the row is to be asked again as its answer does not fit. */
    private boolean mayCorrect(Call call, Failure failure) {
      return failure.misfit() != null
          && call.corrections < plan().schemaRetries()
          && plan().breaker().cause() == null
          && request.deadlineNanos() - nowNanos > 0;
    }

    private Request corrected(Call call, Failure failure) {
      call.corrected(failure.error().usage());
      Request next = request.corrected(call, failure.misfit());
      note(next, failure);
      return next;
    }

    private static boolean isThrottle(Failure failure) {
      return failure.reaction() == Reaction.THROTTLE;
    }

    private static boolean isCapacity(Failure failure) {
      return failure.reaction() == Reaction.CAPACITY;
    }

    private static boolean isAgain(Failure failure) {
      return isThrottle(failure) || isCapacity(failure) || failure.reaction() == Reaction.RETRY;
    }

    /** An error that asking again would not mend. */
    private void ownError(Failure failure) {
      if (failure.reaction() == Reaction.ROW) {
        plan().breaker().succeeded();
      } else if (isFatal(failure, true)) {
        open(failure.error());
      }
    }

    /** What the number of rows that are to be asked again says about the number of rows. */
    private void learn(int open) {
      if (open == 0) {
        plan()
            .size()
            .succeeded(request.rows(), plan().batchSize(), nowNanos - sentNanos, plan().target());
      } else if (plan().codec().isOnePrompt()
          && request.rows() > 1
          && open * MISSING_SHARE > request.rows()) {
        plan().size().cut(request.rows(), sentNanos, nowNanos);
      }
    }

    /** Asks for rows again: together, and those that were passed over twice each by itself. */
    private void again(
        List<Call> calls, Failure failure, List<Finished> finished, List<Again> again) {
      Optional<Duration> wait = wait(failure);
      if (wait.isEmpty() || plan().breaker().cause() != null) {
        calls.forEach(call -> finished.add(new Finished(call, failure.error())));
        return;
      }
      List<Call> together = new ArrayList<>(calls.size());
      for (Call call : calls) {
        if (call.misses >= MISSES) {
          add(List.of(call), failure, wait.get(), again);
        } else {
          together.add(call);
        }
      }
      if (!together.isEmpty()) {
        add(together, failure, wait.get(), again);
      }
    }

    private void add(List<Call> calls, Failure failure, Duration wait, List<Again> again) {
      Request part = request.part(calls);
      note(part, failure);
      again.add(new Again(part, wait));
    }

    private static void note(Request next, Failure failure) {
      next.lastError = failure.error();
      next.lastThrottled = isThrottle(failure);
    }

    private Optional<Duration> wait(Failure failure) {
      if (isCapacity(failure) && request.leavesTier()) {
        return Optional.of(Duration.ZERO);
      }
      return plan()
          .retry()
          .next(
              failure,
              request.failures,
              isCapacity(failure) ? request.refusals : request.throttles,
              Duration.ofNanos(request.deadlineNanos() - nowNanos));
    }

    private void count(Reaction reaction) {
      switch (reaction) {
        case THROTTLE -> request.throttles++;
        case CAPACITY -> request.refusals++;
        case RETRY -> request.failures++;
        case ROW -> plan().breaker().succeeded();
        case SUSPECT, FATAL -> {}
      }
    }

    private boolean isUnknownForm(Failure failure) {
      return !request.isAlone() && !plan().size().isAnswered() && plan().codec().isUnknown(failure);
    }

    /** The server does not take such requests: one clear error, or each row by itself. */
    private Verdict unknownForm(Failure failure) {
      if (!plan().fallsBack()) {
        open(FatalCause.noArrays(failure.error(), plan().url().toString(), plan().failsJob()));
        return all(request, failure.error(), Duration.ZERO);
      }
      if (!plan().size().isUnknown()) {
        LOG.warn(
            "{} takes no arrays of requests ({}); rows are asked one by one",
            plan().url(),
            failure.error().message());
        plan().size().markUnknown();
      }
      return new Verdict(
          List.of(),
          request.singles().stream().map(single -> new Again(single, Duration.ZERO)).toList(),
          Duration.ZERO);
    }

    private boolean isFatal(Failure failure, boolean lastAttempt) {
      if (!reachable && UNREACHABLE.equals(failure.error().code())) {
        // With few attempts allowed, row after row would end so.
        return request.attempts >= CONNECT_ATTEMPTS || (lastAttempt && plan().breaker().suspect());
      }
      return switch (failure.reaction()) {
        case FATAL -> true;
        case SUSPECT -> plan().breaker().suspect();
        default -> false;
      };
    }

    private void open(Outcome.Failed error) {
      open(FatalCause.of(error, plan().endpoint().baseUrl(), plan().model(), plan().failsJob()));
    }

    private void open(FatalCause cause) {
      if (plan().breaker().open(cause)) {
        // The error is told by the driver, once for all executors that meet the cause.
        LOG.warn("{}", cause.message());
      }
    }

    /** A short wait delays its own request, a long one everybody's. */
    private Duration pause(Failure failure) {
      Duration hint = failure.hint();
      // What waits for room in one tier does not hold back what may go to another.
      boolean own = !isAgain(failure) || (isCapacity(failure) && plan().leavesTier());
      if (hint == null || own || hint.compareTo(SHARED_WAIT) < 0) {
        return Duration.ZERO;
      }
      return hint.compareTo(MAX_PAUSE) < 0 ? hint : MAX_PAUSE;
    }
  }
}

package io.sparkllm.http;

import io.sparkllm.openai.Failure;
import io.sparkllm.openai.Failure.Reaction;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * When a failed call is asked again: exponential backoff with full jitter, the service's own wait
 * where it names one. Rate-limit waits use up the row's time and not its attempts. Pure but for the
 * jitter.
 */
public final class RetryPolicy {
  private static final Duration BASE = Duration.ofMillis(500);
  private static final Duration CAP = Duration.ofSeconds(30);

  /** The rate limit itself is kept by the budget, which calls wait for after their backoff. */
  private static final Duration THROTTLE_CAP = Duration.ofSeconds(4);

  /** A tier without room has none for minutes, and asking costs the others theirs. */
  private static final Duration CAPACITY_BASE = Duration.ofSeconds(2);

  private static final Duration CAPACITY_CAP = Duration.ofMinutes(1);

  /** A wait that the service names is spread by this share, or all would come back at once. */
  private static final double HINT_JITTER = 0.1;

  private final int maxAttempts;
  private final DoubleSupplier random;

  /**
   * Makes a policy.
   *
   * @param maxAttempts attempts per row that may fail otherwise than by a rate limit, from 1
   * @param random numbers from 0 (included) to 1 (excluded)
   */
  public RetryPolicy(int maxAttempts, DoubleSupplier random) {
    this.maxAttempts = maxAttempts;
    this.random = random;
  }

  /**
   * Decides about the next attempt.
   *
   * @param failure what just happened
   * @param attempts attempts made so far that count, this one included if it counts
   * @param throttles rate-limit replies so far, or where this one is about the tier's room replies
   *     about that, this one included
   * @param remaining time that the row has left
   * @return how long to wait before asking again; empty when the row ends with this failure
   */
  public Optional<Duration> next(Failure failure, int attempts, int throttles, Duration remaining) {
    Reaction reaction = failure.reaction();
    boolean again =
        switch (reaction) {
          case THROTTLE, CAPACITY -> true;
          case RETRY -> attempts < maxAttempts;
          case ROW, SUSPECT, FATAL -> false;
        };
    if (!again) {
      return Optional.empty();
    }
    Duration wait =
        switch (reaction) {
          case THROTTLE -> backoff(throttles, BASE, THROTTLE_CAP);
          case CAPACITY -> backoff(throttles, CAPACITY_BASE, CAPACITY_CAP);
          default -> backoff(attempts, BASE, CAP);
        };
    // No hint is better than one of zero, which services send too: all would come back at once.
    if (failure.hint() != null && !failure.hint().isZero()) {
      Duration asked = scale(failure.hint(), 1 + HINT_JITTER * random.getAsDouble());
      // Not sooner than the backoff: a hint of milliseconds, told to many, brings all back at once.
      wait = asked.compareTo(wait) > 0 ? asked : wait;
    }
    return wait.compareTo(remaining) < 0 ? Optional.of(wait) : Optional.empty();
  }

  private Duration backoff(int failures, Duration base, Duration cap) {
    Duration bound = base.multipliedBy(1L << Math.min(failures - 1, 10));
    return scale(bound.compareTo(cap) < 0 ? bound : cap, random.getAsDouble());
  }

  private static Duration scale(Duration duration, double factor) {
    return Duration.ofNanos((long) (duration.toNanos() * factor));
  }
}

package io.sparkllm.openai;

import java.time.Duration;

/**
 * A reply, or the lack of one, that is no answer: what the row's error would be, and what to do.
 *
 * @param error the error, should the row end with it
 * @param reaction what to do
 * @param hint how long the service asks to wait; null where it does not say
 * @param misfit the whole answer that does not fit its schema, for asking again with the reason;
 *     null for other failures
 */
public record Failure(Outcome.Failed error, Reaction reaction, Duration hint, String misfit) {
  /** A failure that is no answer at all. */
  public Failure(Outcome.Failed error, Reaction reaction, Duration hint) {
    this(error, reaction, hint, null);
  }

  /** What to do about a failure. */
  public enum Reaction {
    /** It is this row's own; asking again gives the same. */
    ROW,
    /** Ask again after a backoff; counts as an attempt. */
    RETRY,
    /** Ask again when the rate limit lets; counts against the row's time only. */
    THROTTLE,
    /**
     * The tier has no room now: ask again after a longer wait; counts against the row's time only,
     * and says nothing about the rate limit.
     */
    CAPACITY,
    /** Looks as if every row would fail so; fatal when several in a row say the same. */
    SUSPECT,
    /** Every row would fail so: stop calling. */
    FATAL
  }
}

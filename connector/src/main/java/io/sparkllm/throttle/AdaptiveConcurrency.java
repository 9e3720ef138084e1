package io.sparkllm.throttle;

/**
 * How many calls may be in flight: begins small, doubles with each round of answers while all
 * places are taken, and is cut by a fifth when the service refuses for being too busy. Not
 * thread-safe.
 */
public final class AdaptiveConcurrency {
  /** Calls in flight until the service has answered: a wrong key should cost few calls. */
  public static final int START = 4;

  private static final double CUT = 0.8;

  /** Growth for each round of answers after a cut. */
  private static final double REGROWTH = 0.125;

  /** Refusals within this time of a cut met the same wall, whenever they were sent. */
  private static final long COOLDOWN = 1_000_000_000L;

  /** How long a failing service holds growth. */
  private static final long HOLD = 2_000_000_000L;

  private int bound = START;
  private double limit = START;
  private boolean cut;
  private long cutNanos;
  private boolean held;
  private long heldUntil;

  /**
   * Sets the largest number.
   *
   * @param calls the option's value, from 1
   */
  public void bound(int calls) {
    bound = calls;
  }

  /**
   * Calls that may be in flight now.
   *
   * @return from 1 to the bound
   */
  public int limit() {
    return Math.max(1, Math.min(bound, (int) limit));
  }

  /**
   * Whether the option's value is what holds the number.
   *
   * @return false while it grows to it
   */
  public boolean isAtBound() {
    return limit() >= bound;
  }

  /**
   * Whether the service's refusals hold the number below its bound.
   *
   * @return true after a cut, until the bound is reached again
   */
  public boolean isCut() {
    return cut && limit < bound;
  }

  /**
   * A call was answered.
   *
   * @param saturated whether all places were taken
   * @param nowNanos {@link System#nanoTime()}
   */
  public void succeeded(boolean saturated, long nowNanos) {
    held = held && heldUntil - nowNanos > 0;
    if (saturated && !held && limit < bound) {
      limit = Math.min(bound, limit + (cut ? Math.max(1 / limit, REGROWTH) : 1));
    }
  }

  /**
   * A call was refused as too much, or timed out. Calls that were sent before a cut, or end soon
   * after it, do not cut again: they met the same wall.
   *
   * @param sentNanos when it was sent
   * @param nowNanos {@link System#nanoTime()}
   */
  public void dropped(long sentNanos, long nowNanos) {
    if (!cut || (sentNanos - cutNanos > 0 && nowNanos - cutNanos > COOLDOWN)) {
      cut = true;
      cutNanos = nowNanos;
      limit = Math.max(1, Math.min(limit, bound) * CUT);
    }
  }

  /**
   * The service failed: no growth for a while.
   *
   * @param nowNanos {@link System#nanoTime()}
   */
  public void failing(long nowNanos) {
    held = true;
    heldUntil = nowNanos + HOLD;
  }
}

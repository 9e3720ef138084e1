package io.sparkllm.throttle;

import java.util.ArrayDeque;

/**
 * The executor's side of an application's budget: the slots and tokens that the driver granted, to
 * be spent at their times. Where the driver cannot be reached, an even share of the limits. Not
 * thread-safe, and never blocks.
 */
public final class LeasedRateBudget {
  private static final long MILLI = 1_000_000L;

  /** A slot that was not used by then goes back, or late ones would add up to a burst. */
  private static final long LATE = 250 * MILLI;

  /** What to wait where a grant is needed; the grant itself comes sooner. */
  private static final long UNTIL_GRANTED = 100 * MILLI;

  /** Evenly spaced slots. */
  private static final class Slots {
    private final long interval;
    private long next;
    private long left;

    Slots(long next, long interval, long left) {
      this.next = next;
      this.interval = interval;
      this.left = left;
    }

    void take(long count) {
      left -= count;
      next += count * interval;
    }
  }

  private final ArrayDeque<Slots> granted = new ArrayDeque<>();
  private boolean unlimited;
  private boolean tokensLimited;
  private long tokens;
  private long unusedSlots;
  private long unusedTokens;
  private long spent;
  private boolean starved;
  private Long tokenLimit;

  /** Null while the driver is asked. */
  private LocalRateBudget share;

  /**
   * Spends one request and its tokens, if they may be spent now.
   *
   * @param charge tokens that the request is expected to be charged
   * @param nowNanos {@link System#nanoTime()}
   * @return zero when they were spent; else the nanoseconds after which to try again, with nothing
   *     spent
   */
  public long trySpend(long charge, long nowNanos) {
    long wait = share == null ? tryGranted(charge, nowNanos) : share.trySpend(charge, nowNanos);
    if (wait == 0) {
      spent++;
    }
    return wait;
  }

  private long tryGranted(long charge, long nowNanos) {
    if (unlimited) {
      return 0;
    }
    dropLate(nowNanos);
    Slots slots = granted.peek();
    if (slots == null || (tokensLimited && tokens < charge)) {
      starved = true;
      return UNTIL_GRANTED;
    }
    if (slots.next - nowNanos > 0) {
      return slots.next - nowNanos;
    }
    slots.take(1);
    tokens -= charge;
    return 0;
  }

  private void dropLate(long nowNanos) {
    Slots slots = granted.peek();
    while (slots != null) {
      long late = nowNanos - LATE - slots.next;
      if (late > 0) {
        long count =
            slots.interval == 0 ? slots.left : Math.min(slots.left, 1 + late / slots.interval);
        slots.take(count);
        unusedSlots += count;
      }
      if (slots.left > 0) {
        return;
      }
      granted.poll();
      slots = granted.peek();
    }
  }

  /**
   * Corrects a spending once the true number is known.
   *
   * @param charged the tokens spent before
   * @param used the tokens that the service counted
   */
  public void settle(long charged, long used) {
    if (share == null) {
      unusedTokens += charged - used;
    } else {
      share.refund(charged - used);
    }
  }

  /**
   * What to ask the driver for. What is given back is given back once: the demand has to reach the
   * driver, or else {@link #undelivered} be called.
   *
   * @param queued requests that wait
   * @param expectedTokens tokens that one of them is expected to be charged
   * @param firstTokens tokens that the first of them is expected to be charged
   * @param nowNanos {@link System#nanoTime()}
   * @return the demand
   */
  public Demand demand(long queued, long expectedTokens, long firstTokens, long nowNanos) {
    dropLate(nowNanos);
    long left = granted.stream().mapToLong(s -> s.left).sum();
    if (queued == 0 && left == 0) {
      unusedTokens += tokens;
      tokens = 0;
    }
    // What is spent between two asks will be wanted again, and as much for growth.
    long wanted = queued == 0 ? 0 : Math.max(1, queued + 2 * spent - left);
    long first = Math.max(0, firstTokens - tokens);
    long more = Math.max(first, (left + wanted) * expectedTokens - tokens);
    Demand demand = new Demand(wanted, more, first, unusedSlots, unusedTokens);
    spent = 0;
    unusedSlots = 0;
    unusedTokens = 0;
    starved = false;
    return demand;
  }

  /**
   * Takes back a demand that did not reach the driver.
   *
   * @param demand the demand
   */
  public void undelivered(Demand demand) {
    unusedSlots += demand.unusedSlots();
    unusedTokens += demand.unusedTokens();
  }

  /**
   * Takes what the driver granted.
   *
   * @param grant the grant
   * @param nowNanos {@link System#nanoTime()}
   */
  public void granted(Grant grant, long nowNanos) {
    share = null;
    unlimited = grant.unlimited();
    tokenLimit = grant.tokenLimit();
    tokensLimited = grant.tokens() >= 0;
    if (unlimited) {
      granted.clear();
    }
    if (tokensLimited) {
      tokens += grant.tokens();
    } else {
      tokens = 0;
    }
    if (grant.slots() > 0) {
      granted.add(new Slots(nowNanos + grant.delayNanos(), grant.intervalNanos(), grant.slots()));
    }
  }

  /**
   * The driver cannot be reached: from now on an even share of the limits holds here.
   *
   * @param limits the lowest limits that tasks here name
   * @param executors among how many executors they are shared, from 1
   * @param nowNanos {@link System#nanoTime()}
   */
  public void alone(RateLimits limits, int executors, long nowNanos) {
    if (share == null) {
      share = new LocalRateBudget();
      granted.clear();
      tokens = 0;
    }
    tokenLimit = limits.tokensPerMinute();
    share.limits(limits, executors, nowNanos);
  }

  /**
   * Whether a request waits for a grant.
   *
   * @return true where asking at once would help
   */
  public boolean isStarved() {
    return starved;
  }

  /**
   * Tokens per minute that options name, which no single request may exceed.
   *
   * @return null where none is named, or nothing is granted yet
   */
  public Long tokenLimit() {
    return tokenLimit;
  }
}

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
  private static final long LATE = 200 * MILLI;

  /** What to wait where a grant is needed; the grant itself comes sooner. */
  private static final long UNTIL_GRANTED = 100 * MILLI;

  /** Slots, spaced by what is spent on each. */
  private static final class Slots {
    private final long interval;
    private final double tokenNanos;
    private long next;
    private long left;

    Slots(Grant grant, long nowNanos) {
      this.interval = grant.intervalNanos();
      this.tokenNanos = grant.tokenNanos();
      this.next = nowNanos + grant.delayNanos();
      this.left = grant.slots();
    }

    void spend(long charge) {
      left--;
      next += Math.max(interval, (long) (charge * tokenNanos));
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
  private long usualCharge;

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
    slots.spend(charge);
    tokens -= charge;
    return 0;
  }

  private void dropLate(long nowNanos) {
    while (!granted.isEmpty()) {
      Slots slots = granted.peek();
      while (slots.left > 0 && nowNanos - LATE - slots.next > 0) {
        // At the pace of the calls so far: it is not known what would have been spent on it.
        slots.spend(usualCharge);
        unusedSlots++;
      }
      if (slots.left > 0) {
        return;
      }
      granted.poll();
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
   * The service refused a call as too much. Where no limit is known, nothing more goes out before
   * the driver has heard of it: refusals come back at once, and would draw more.
   */
  public void refused() {
    if (unlimited) {
      unlimited = false;
      starved = true;
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
    usualCharge = expectedTokens;
    dropLate(nowNanos);
    long left = granted.stream().mapToLong(s -> s.left).sum();
    // Tokens kept back would be a credit beside the clock's.
    long needed = left * expectedTokens;
    if (tokens > needed) {
      unusedTokens += tokens - needed;
      tokens = needed;
    }
    // What is spent between two asks will be wanted again, and as much for growth.
    long wanted = queued == 0 ? 0 : Math.max(1, queued + 2 * spent - left);
    long first = wanted == 0 ? 0 : Math.max(0, firstTokens - tokens);
    long more = wanted == 0 ? 0 : Math.max(first, needed + wanted * expectedTokens - tokens);
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
      granted.add(new Slots(grant, nowNanos));
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

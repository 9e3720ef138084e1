package io.sparkllm.throttle;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The budget that all executors of an application share for one endpoint, key and model; kept by
 * the driver. Executors are granted a few hundred milliseconds' worth of evenly spaced slots at a
 * time, which advance the clocks at once: those of an executor that dies are lost, never spent
 * twice. Not thread-safe.
 */
public final class ApplicationBudget {
  private static final long MILLI = 1_000_000L;

  /** How far ahead slots are granted. */
  private static final long HORIZON = 400 * MILLI;

  /** An executor that was not heard of for so long has ended. */
  private static final long SILENCE = 2_000 * MILLI;

  /** Executors that wanted slots within this time share what there is. */
  private static final long RIVALS = 500 * MILLI;

  /** How soon to ask again: where there are slots, and where none are needed. */
  private static final long SOON = 100 * MILLI;

  private static final long LATER = 200 * MILLI;
  private static final long SOONEST = 10 * MILLI;

  private record Executor(long heardNanos, long wantedNanos, List<RateLimits> limits) {}

  /** What those who asked earlier, and got nothing yet, are to get first. */
  private record Ahead(double slots, double tokens) {}

  private final Map<String, Executor> executors = new HashMap<>();

  /** Who wants slots and got none, in the order of asking, and the tokens of its first. */
  private final Map<String, Long> waiting = new LinkedHashMap<>();

  private final HeaderRate headerRequests = new HeaderRate();
  private final HeaderRate headerTokens = new HeaderRate();
  private final ThrottleRate throttled;
  private PacedClock requests;
  private PacedClock tokens;
  private EffectiveLimit requestLimit;
  private EffectiveLimit tokenLimit;
  private RateLimits named = RateLimits.NONE;
  private boolean differ;
  private long pausedUntil;

  /**
   * Makes a budget that nobody has spent from.
   *
   * @param nowNanos {@link System#nanoTime()} of the driver
   */
  public ApplicationBudget(long nowNanos) {
    throttled = new ThrottleRate(nowNanos);
    pausedUntil = nowNanos;
  }

  /**
   * Hears what an executor saw and gives it what it may spend.
   *
   * @param executor the executor's name
   * @param limits the different limits that its tasks name; empty when no task runs there any more
   * @param demand what it wants and gives back
   * @param observed what it saw of the service
   * @param nowNanos {@link System#nanoTime()} of the driver
   * @return what it may spend
   */
  public Grant ask(
      String executor, List<RateLimits> limits, Demand demand, Observed observed, long nowNanos) {
    hear(executor, limits, demand, nowNanos);
    learn(observed, nowNanos);
    adjust(nowNanos);
    giveBack(demand);
    if (observed.pauseNanos() > 0) {
      pausedUntil = Math.max(pausedUntil, nowNanos + observed.pauseNanos());
    }
    if (pausedUntil - nowNanos > 0) {
      return none(Math.min(LATER, pausedUntil - nowNanos));
    }
    if (requests == null && tokens == null) {
      return new Grant(true, 0, 0, 0, -1, 0, LATER, named.tokensPerMinute());
    }
    if (demand.slots() == 0) {
      waiting.remove(executor);
      return none(SOON);
    }
    return slots(executor, demand, nowNanos);
  }

  private void hear(String executor, List<RateLimits> limits, Demand demand, long nowNanos) {
    Executor before = executors.get(executor);
    if (limits.isEmpty()) {
      executors.remove(executor);
    } else {
      long never = nowNanos - SILENCE;
      long wanted = demand.slots() > 0 ? nowNanos : before == null ? never : before.wantedNanos();
      executors.put(executor, new Executor(nowNanos, wanted, limits));
    }
    executors.values().removeIf(e -> nowNanos - e.heardNanos > SILENCE);
    waiting.keySet().retainAll(executors.keySet());
    Set<RateLimits> all = new HashSet<>();
    executors.values().forEach(e -> all.addAll(e.limits));
    if (!all.isEmpty()) {
      // Where nobody calls now, what is on its way from the last ones still counts.
      named = RateLimits.lowest(all);
      differ = all.size() > 1;
    }
  }

  private void learn(Observed observed, long nowNanos) {
    if (observed.requests() != null) {
      headerRequests.observe(observed.requests(), nowNanos);
    }
    if (observed.tokens() != null) {
      headerTokens.observe(observed.tokens(), nowNanos);
    }
    EffectiveLimit known = configuredOrHeader(named.requestsPerMinute(), headerRequests);
    throttled.observe(observed, known == null ? 0 : known.perMinute(), nowNanos);
  }

  private void adjust(long nowNanos) {
    EffectiveLimit learned =
        throttled.perMinute() > 0
            ? new EffectiveLimit(throttled.perMinute(), LimitSource.LEARNED)
            : null;
    requestLimit =
        EffectiveLimit.lower(
            configuredOrHeader(named.requestsPerMinute(), headerRequests), learned);
    tokenLimit = configuredOrHeader(named.tokensPerMinute(), headerTokens);
    requests = adjusted(requests, requestLimit, nowNanos);
    tokens = adjusted(tokens, tokenLimit, nowNanos);
  }

  private static EffectiveLimit configuredOrHeader(Long configured, HeaderRate header) {
    if (configured != null) {
      return new EffectiveLimit(configured, LimitSource.OPTION);
    }
    return header.perMinute() > 0
        ? new EffectiveLimit(header.perMinute(), LimitSource.HEADER)
        : null;
  }

  private static PacedClock adjusted(PacedClock clock, EffectiveLimit limit, long nowNanos) {
    if (limit == null) {
      return null;
    }
    if (clock == null) {
      return new PacedClock(limit.perMinute(), nowNanos);
    }
    clock.rate(limit.perMinute(), nowNanos);
    return clock;
  }

  private void giveBack(Demand demand) {
    if (requests != null) {
      requests.refund((double) demand.unusedSlots());
    }
    if (tokens != null) {
      tokens.refund((double) demand.unusedTokens());
    }
  }

  /** Else who asks at the right moment would be served again and again, and others never. */
  private Ahead aheadOf(String executor, long nowNanos) {
    long slots = 0;
    double tokenSum = 0;
    for (Map.Entry<String, Long> other : waiting.entrySet()) {
      if (other.getKey().equals(executor)) {
        break;
      }
      if (nowNanos - executors.get(other.getKey()).heardNanos <= RIVALS) {
        slots++;
        tokenSum += other.getValue();
      }
    }
    return new Ahead(slots, tokenSum);
  }

  private Grant slots(String executor, Demand demand, long nowNanos) {
    Ahead ahead = aheadOf(executor, nowNanos);
    long rivals =
        executors.values().stream().filter(e -> nowNanos - e.wantedNanos <= RIVALS).count();
    double share = 1.0 / Math.max(1, rivals);
    long until = nowNanos + HORIZON;
    double count = (double) demand.slots();
    if (requests != null) {
      count = Math.min(count, shareOf(requests.dueUntil(until, nowNanos) - ahead.slots, share));
    }
    double each =
        demand.slots() == 1
            ? 0
            : (double) Math.max(0, demand.tokens() - demand.firstTokens()) / (demand.slots() - 1);
    if (tokens != null) {
      double due = shareOf(tokens.dueUntil(until, nowNanos) - ahead.tokens, share);
      // However large the first is, it may go: the others then wait until it is paid off.
      double most =
          due < 1 ? 0 : 1 + Math.max(0, due - demand.firstTokens()) / Math.max(1e-9, each);
      count = Math.min(count, most);
    }
    long granted = (long) count;
    if (granted == 0) {
      waiting.put(executor, demand.firstTokens());
      return none(again(ahead, nowNanos));
    }
    waiting.remove(executor);
    double charge = Math.ceil(demand.firstTokens() + (granted - 1) * each);
    return spend(granted, charge, nowNanos);
  }

  /** At least one where there is one: a share of less than a slot would never be granted. */
  private static double shareOf(double due, double share) {
    return due < 1 ? 0 : Math.max(1, due * share);
  }

  private Grant spend(long slots, double charge, long nowNanos) {
    double start = (double) nowNanos;
    double end = (double) nowNanos;
    double nominal = 1;
    if (requests != null) {
      start = Math.max(start, requests.dueNanos(nowNanos));
      requests.spend((double) slots, nowNanos);
      end = Math.max(end, requests.dueNanos(nowNanos));
      nominal = Math.max(nominal, slots * requests.intervalNanos());
    }
    if (tokens != null) {
      start = Math.max(start, tokens.dueNanos(nowNanos));
      tokens.spend(charge, nowNanos);
      end = Math.max(end, tokens.dueNanos(nowNanos));
      nominal = Math.max(nominal, charge * tokens.intervalNanos());
    }
    // Less than one where there is credit: then the slots come closer together.
    double pace = Math.min(1, Math.max(0, end - start) / nominal);
    return new Grant(
        false,
        slots,
        (long) Math.ceil(start - nowNanos),
        requests == null ? 0 : (long) Math.ceil(pace * requests.intervalNanos()),
        tokens == null ? -1 : (long) charge,
        tokens == null ? 0 : pace * tokens.intervalNanos(),
        SOON,
        named.tokensPerMinute());
  }

  /**
   * When it is its turn: many that ask every few milliseconds would be more than a driver takes.
   */
  private long again(Ahead ahead, long nowNanos) {
    double due =
        Math.max(
            dueAfter(requests, ahead.slots, nowNanos), dueAfter(tokens, ahead.tokens, nowNanos));
    return (long) Math.min(LATER, Math.max(SOONEST, due - nowNanos - HORIZON));
  }

  private static double dueAfter(PacedClock clock, double units, long nowNanos) {
    return clock == null
        ? (double) nowNanos
        : clock.dueNanos(nowNanos) + units * clock.intervalNanos();
  }

  private Grant none(long again) {
    return new Grant(false, 0, 0, 0, tokens == null ? -1 : 0, 0, again, named.tokensPerMinute());
  }

  /**
   * The limit on requests that holds now.
   *
   * @return null where none is known
   */
  public EffectiveLimit requestLimit() {
    return requestLimit;
  }

  /**
   * The limit on tokens that holds now.
   *
   * @return null where none is known
   */
  public EffectiveLimit tokenLimit() {
    return tokenLimit;
  }

  /**
   * Whether tasks that run now name different limits; the lowest holds.
   *
   * @return true where they differ
   */
  public boolean limitsDiffer() {
    return differ;
  }

  /**
   * The lowest limits that options name.
   *
   * @return both null where none is named
   */
  public RateLimits named() {
    return named;
  }
}

package io.sparkllm.throttle;

import java.util.ArrayDeque;

/**
 * A rate learned from refusals alone: somewhat below what the service still answered, growing again
 * as long as it refuses next to nothing. Refusals of one moment cut once. Where a cut did not make
 * refusals rarer, as with a service that refuses by chance, it is taken back. Not thread-safe.
 */
final class ThrottleRate {
  private static final long SECOND = 1_000_000_000L;

  /** Over which calls are counted. */
  private static final long WINDOW = 2 * SECOND;

  /** Calls that were on their way at a cut say nothing about the rate after it. */
  private static final long COOLDOWN = 3 * SECOND / 2;

  /** While it refuses, the answers of this time are what the service takes. */
  private static final long LATEST = 500_000_000L;

  /** A wall: of the last moment's calls, so many and such a share were refused. */
  private static final long MOMENT = 300_000_000L;

  /** Fewer answers say nothing about a rate. */
  private static final int ENOUGH = 10;

  private static final int WALL = 5;
  private static final double WALL_SHARE = 0.1;

  /** Somewhat too fast: of a second's calls and more, so many and such a share were refused. */
  private static final int SOME = 4;

  private static final double SOME_SHARE = 0.03;

  /**
   * Cuts did not help where, at this part of the speed of the first refusals or after so many cuts,
   * more than this part of their share is still refused.
   */
  private static final double FAR_BELOW = 0.6;

  private static final int MANY_CUTS = 4;
  private static final double UNHELPED = 0.5;

  /** How long a cut that did not help is not tried again. */
  private static final long REST = 10 * SECOND;

  /** What the service answered before its first refusal holds a burst: begin far below. */
  private static final double FIRST_CUT = 0.5;

  /** The second comes after fast growth. */
  private static final double SECOND_CUT = 0.6;

  private static final double CUT = 0.85;

  /** No later cut is deeper, however few answers the latest moment had. */
  private static final double MOST_CUT = 0.5;

  /** One a second: a service that refuses everything for a while must be tried again. */
  private static final double LEAST = 60;

  /** Growth a second after the first cut, and after later ones. */
  private static final double FIRST_GROWTH = 0.25;

  private static final double GROWTH = 0.015;

  /** How long {@code slow_down} holds growth: services ask for minutes. */
  private static final long HOLD = 120 * SECOND;

  private record Seen(long nanos, long accepted, long throttled) {}

  private final ArrayDeque<Seen> seen = new ArrayDeque<>();
  private double perMinute;
  private double firstRefused;
  private double firstSent;
  private boolean burstPassed;
  private int cuts;

  /** Nothing is counted before. */
  private long epoch;

  /** Calls since then. */
  private long epochAccepted;

  private long epochThrottled;

  private long grownNanos;
  private long growFrom;

  ThrottleRate(long nowNanos) {
    epoch = nowNanos;
    grownNanos = nowNanos;
    growFrom = nowNanos;
  }

  /** The learned rate; 0 where none is known. */
  double perMinute() {
    return perMinute;
  }

  /** Takes what was seen; {@code known} is the limit that holds otherwise, 0 for none. */
  void observe(Observed observed, double known, long nowNanos) {
    if (nowNanos - epoch < 0) {
      return;
    }
    epochAccepted += observed.accepted();
    epochThrottled += observed.throttled();
    if (observed.accepted() + observed.throttled() > 0) {
      seen.add(new Seen(nowNanos, observed.accepted(), observed.throttled()));
    }
    while (!seen.isEmpty() && nowNanos - seen.peek().nanos > WINDOW) {
      seen.poll();
    }
    grow(nowNanos);
    if (observed.slowDown()) {
      growFrom = nowNanos + HOLD;
      cut(known, nowNanos);
    } else if (observed.throttled() > 0 && isTooFast(nowNanos)) {
      refused(known, nowNanos);
    }
  }

  private boolean isTooFast(long nowNanos) {
    boolean wall =
        (!burstPassed || nowNanos - epoch >= LATEST)
            && throttled(nowNanos - MOMENT) >= WALL
            && refused(nowNanos - MOMENT) >= WALL_SHARE;
    boolean some =
        nowNanos - seen.peek().nanos >= SECOND
            && throttled(nowNanos - WINDOW) >= SOME
            && refused(nowNanos - WINDOW) >= SOME_SHARE;
    return wall || some;
  }

  private void refused(double known, long nowNanos) {
    double share = (double) epochThrottled / (epochAccepted + epochThrottled);
    boolean judged = cuts >= MANY_CUTS || (cuts > 0 && perMinute <= FAR_BELOW * firstSent);
    if (judged && share > Math.max(SOME_SHARE, UNHELPED * firstRefused)) {
      perMinute = 0;
      cuts = 0;
      restart(REST, nowNanos);
    } else {
      cut(known, nowNanos);
    }
  }

  private void cut(double known, long nowNanos) {
    // While it refuses, the latest answers are the limit; earlier ones hold a burst.
    double answered = answeredPerMinute(nowNanos);
    if (accepted(nowNanos - LATEST) >= ENOUGH) {
      answered = Math.min(answered, accepted(nowNanos - LATEST) * 60.0 * SECOND / LATEST);
    }
    double before = perMinute > 0 ? perMinute : known;
    if (cuts == 0) {
      firstRefused = refused(nowNanos - WINDOW);
      firstSent = before > 0 ? before : answered / Math.max(0.1, 1 - firstRefused);
    }
    double factor = cuts == 1 ? SECOND_CUT : CUT;
    perMinute =
        before > 0
            ? Math.max(MOST_CUT * before, factor * Math.min(before, answered))
            : FIRST_CUT * answered;
    perMinute = Math.max(LEAST, perMinute);
    cuts++;
    burstPassed = true;
    restart(COOLDOWN, nowNanos);
  }

  private void restart(long pause, long nowNanos) {
    epoch = nowNanos + pause;
    growFrom = Math.max(growFrom, epoch);
    epochAccepted = 0;
    epochThrottled = 0;
    seen.clear();
  }

  private void grow(long nowNanos) {
    double seconds = (double) (nowNanos - Math.max(grownNanos, growFrom)) / SECOND;
    boolean used =
        perMinute * WINDOW < ENOUGH * 60.0 * SECOND
            || answeredPerMinute(nowNanos) >= 0.8 * perMinute;
    if (perMinute > 0 && seconds > 0 && used) {
      perMinute *= 1 + seconds * (cuts == 1 ? FIRST_GROWTH : GROWTH);
    }
    grownNanos = nowNanos;
  }

  private double answeredPerMinute(long nowNanos) {
    // The first answers hold a burst, which a short time would make a high rate of.
    long least = burstPassed ? LATEST : SECOND;
    double window = Math.max(least, Math.min(WINDOW, nowNanos - epoch));
    return accepted(nowNanos - WINDOW) * 60.0 * SECOND / window;
  }

  private long accepted(long since) {
    return seen.stream().filter(s -> s.nanos - since > 0).mapToLong(Seen::accepted).sum();
  }

  private long throttled(long since) {
    return seen.stream().filter(s -> s.nanos - since > 0).mapToLong(Seen::throttled).sum();
  }

  /** The share of calls that were refused; 0 where there were none. */
  private double refused(long since) {
    long throttled = throttled(since);
    return throttled == 0 ? 0 : (double) throttled / (throttled + accepted(since));
  }
}

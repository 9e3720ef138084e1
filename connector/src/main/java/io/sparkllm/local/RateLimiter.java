package io.sparkllm.local;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The service's own limits: one bucket of requests and one of tokens, refilled continuously (so 60
 * requests a minute is one a second). A request larger than the burst passes on a full bucket and
 * leaves a debt; one larger than the whole limit never passes. Thread-safe.
 */
final class RateLimiter {
  /**
   * The verdict on one request.
   *
   * @param refusal null when admitted
   * @param waitNanos how long until it would be admitted; 0 when admitted or never
   * @param headers for the answer, possibly empty
   */
  record Verdict(ApiError refusal, long waitNanos, Map<String, String> headers) {}

  private static final Verdict FREE = new Verdict(null, 0, Map.of());

  private final LongSupplier nanoClock;
  private final Bucket requests;
  private final Bucket tokens;
  private RateLimit limit;

  RateLimiter(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.requests = new Bucket(nanoClock.getAsLong());
    this.tokens = new Bucket(nanoClock.getAsLong());
  }

  /** Takes other limits (null: none); what is owed is still owed, paid at the new rate. */
  synchronized void limit(RateLimit changed) {
    long now = nanoClock.getAsLong();
    this.limit = changed;
    if (changed != null) {
      requests.rate(changed.requestsPerMinute(), changed.burstSeconds(), now);
      tokens.rate(changed.tokensPerMinute(), changed.burstSeconds(), now);
    }
  }

  /** Charges a request, or refuses it and charges nothing. */
  synchronized Verdict admit(String model, long tokenCharge) {
    if (limit == null) {
      return FREE;
    }
    long now = nanoClock.getAsLong();
    if (tokens.limited() && tokenCharge > tokens.perMinute()) {
      return new Verdict(
          LimitErrors.tooLarge(model, tokens.perMinute(), tokenCharge), 0, headers(now));
    }
    long requestWait = requests.waitNanos(1, now);
    long tokenWait = tokens.waitNanos(tokenCharge, now);
    if (requestWait <= 0 && tokenWait <= 0) {
      requests.charge(1, now);
      tokens.charge(tokenCharge, now);
      return new Verdict(null, 0, headers(now));
    }
    boolean byRequests = requestWait >= tokenWait;
    long wait = Math.max(requestWait, tokenWait);
    ApiError refusal =
        byRequests
            ? LimitErrors.throttled("requests", model, requests.perMinute(), 1, wait)
            : LimitErrors.throttled("tokens", model, tokens.perMinute(), tokenCharge, wait);
    Map<String, String> headers = headers(now);
    if (limit.headers()) {
      headers.putAll(RetryAfter.SECONDS.headers(wait / 1e9));
    }
    return new Verdict(refusal, wait, headers);
  }

  /**
   * Charges what an answer used beyond the charge of its request, where the limit counts what is
   * used. It is spent already, so nothing is refused: the bucket may be left with a debt.
   *
   * @return all that the request was charged
   */
  synchronized long settle(long charged, long used) {
    if (limit == null || limit.charge() != RateLimit.Charge.USED || used <= charged) {
      return charged;
    }
    tokens.charge(used - charged, nanoClock.getAsLong());
    return used;
  }

  private Map<String, String> headers(long now) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (limit.headers()) {
      requests.describe("requests", now, headers);
      tokens.describe("tokens", now, headers);
    }
    return headers;
  }

  /** One bucket as a virtual clock (GCRA): {@code paidUntil} is when the debt would be paid off. */
  private static final class Bucket {
    private long perMinute;
    private double nanosPerUnit;
    private double burstNanos;
    private double paidUntil;

    Bucket(long now) {
      this.paidUntil = now;
    }

    void rate(long unitsPerMinute, double burstSeconds, long now) {
      double owed = nanosPerUnit == 0 ? 0 : Math.max(0, paidUntil - now) / nanosPerUnit;
      perMinute = unitsPerMinute;
      nanosPerUnit = unitsPerMinute == 0 ? 0 : 60e9 / unitsPerMinute;
      burstNanos = burstSeconds * 1e9;
      paidUntil = now + owed * nanosPerUnit;
    }

    boolean limited() {
      return perMinute > 0;
    }

    long perMinute() {
      return perMinute;
    }

    long waitNanos(long units, long now) {
      double cost = units * nanosPerUnit;
      double debt = Math.max(0, paidUntil - now);
      return limited() ? (long) Math.ceil(debt + cost - Math.max(burstNanos, cost)) : 0;
    }

    void charge(long units, long now) {
      paidUntil = Math.max(paidUntil, (double) now) + units * nanosPerUnit;
    }

    void describe(String unit, long now, Map<String, String> headers) {
      if (limited()) {
        double debt = Math.max(0, paidUntil - now);
        long remaining = (long) Math.floor(perMinute - debt / nanosPerUnit + 1e-6);
        headers.put("x-ratelimit-limit-" + unit, Long.toString(perMinute));
        headers.put("x-ratelimit-remaining-" + unit, Long.toString(Math.max(0, remaining)));
        headers.put("x-ratelimit-reset-" + unit, GoDuration.format((long) debt));
      }
    }
  }
}

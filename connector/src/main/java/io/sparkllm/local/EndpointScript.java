package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How the local endpoint behaves: latency, faults, limits, keys, models. Immutable; parsed from
 * JSON. An unknown key, a wrong type or a value out of range is an error that names it.
 *
 * <p>Top-level keys, all optional:
 *
 * <ul>
 *   <li>{@code latencyMs} (whole, default 0): time from the last byte of a request to the first of
 *       its answer, in milliseconds.
 *   <li>{@code slow} (object): stragglers. {@code ratio} (0 to 1, default 0) of the askings take
 *       {@code factor} (default 10) times {@code latencyMs}.
 *   <li>{@code faults} (array): rules, see below; the first that applies wins.
 *   <li>{@code rateLimit} (object): {@code requestsPerMinute} and {@code tokensPerMinute} (whole,
 *       default 0 = unlimited), {@code burstSeconds} (default 1: what one second earns may come at
 *       once), {@code headers} (default true: {@code x-ratelimit-*} on every answer and {@code
 *       retry-after}, {@code retry-after-ms} on a 429), {@code charge} ({@code upfront} or {@code
 *       used}, default {@code upfront}). A request is charged max({@code max_tokens}, estimated
 *       prompt tokens), as OpenAI's rate-limits guide says; with {@code used} also, once it is
 *       answered, what prompt and answer used beyond that, which may leave a debt.
 *   <li>{@code requireKey} (string, default none): requests must bear it as {@code Authorization:
 *       Bearer} or {@code api-key}, or get 401 {@code invalid_api_key}.
 *   <li>{@code models} (array of strings, default empty): names that behave as {@code local},
 *       beside the built-in {@code local}, {@code echo}, {@code refuse}, {@code filter}, {@code
 *       empty}.
 *   <li>{@code seed} (whole, default 0): another seed, other draws.
 *   <li>{@code trackPrompts} (default true): count askings and answers of each prompt (about 50
 *       bytes a prompt). Without it there are no {@code doubles}, {@code times} is refused and
 *       draws follow arrival order.
 *   <li>{@code items} (array): rules for what calls ask for, one by one, see the guide.
 *   <li>{@code itemMs} (whole, default 0): milliseconds that each item adds to {@code latencyMs}.
 *   <li>{@code arrays} (object): whether arrays of requests are taken. {@code accept} (default
 *       false): by the APIs' own paths; {@code index} (default true): answers tell their place;
 *       {@code paths} (object): further paths that take them, each with its API's name; {@code
 *       refusal} (400, 404, 405 or 422, default 400): status where they are not taken.
 *   <li>{@code jsonSchema} (default true): whether calls may ask for answers of a JSON schema;
 *       false refuses them as services do whose model does not know such.
 *   <li>{@code recordTimes} (default false): keep the exact time of each accepted and each refused
 *       request.
 * </ul>
 *
 * <p>A rule of {@code faults} applies when all its conditions hold. A prompt is a request body,
 * byte for byte; its askings are counted behind the rate limit.
 *
 * <ul>
 *   <li>{@code ratio} (0 to 1, default 1): this share of askings, drawn from seed, prompt and
 *       number of the asking: repeatable, and a retry draws anew.
 *   <li>{@code first} (whole): only requests up to this number; {@code after} (whole): only
 *       requests from this number on. Requests are numbered from 1 in arrival order.
 *   <li>{@code contains} (string): the last user message contains it, or any item does.
 *   <li>{@code minItems}, {@code minBytes} (whole): only calls of at least so many items, or bytes.
 *   <li>{@code path} (string): the path contains it, e.g. {@code responses}.
 *   <li>{@code times} (whole, default unlimited): only the first so many askings of each prompt.
 * </ul>
 *
 * <p>What happens is its {@code kind}; {@code status} alone means kind {@code status}:
 *
 * <ul>
 *   <li>{@code status}, {@code throttle}, {@code too_large}, {@code quota}, {@code slow_down},
 *       {@code overloaded}, {@code server_error}, {@code invalid_key}, {@code model_not_found},
 *       {@code context_length}, {@code content_filter}: an error answer; {@code status}, {@code
 *       type}, {@code code}, {@code param}, {@code message} override its parts, {@code body}
 *       replaces it (a JSON string is sent as plain text).
 *   <li>{@code html}: an HTML error page, 502 unless {@code status} says otherwise.
 *   <li>{@code malformed}, {@code empty_body}, {@code json} (with {@code body}): 200 with a body
 *       that is no answer.
 *   <li>{@code truncated}: half of the announced body, then the connection closes; {@code
 *       slow_body}: {@code chunkBytes} (default 16) every {@code chunkDelayMs} (default 100).
 *   <li>{@code drop}: the connection closes without an answer; {@code stall}: nothing for {@code
 *       stallMs} (default 600000), then it closes.
 *   <li>{@code refuse}, {@code filter}, {@code empty}: the answer of the model of that name.
 * </ul>
 *
 * <p>Further keys of a rule: {@code headers} (object), {@code retryAfter} (seconds, may be
 * fractional; default 1 for {@code throttle}, else none), {@code retryAfterForm} ({@code seconds} =
 * {@code retry-after} and {@code retry-after-ms}, {@code integer}, {@code float}, {@code date},
 * {@code ms}, {@code none}; default {@code seconds}), {@code shouldRetry} (sets {@code
 * x-should-retry}), {@code latencyMs} (instead of the script's).
 */
public final class EndpointScript {
  private static final List<String> KEYS =
      List.of(
          "latencyMs",
          "slow",
          "faults",
          "rateLimit",
          "requireKey",
          "models",
          "seed",
          "trackPrompts",
          "recordTimes",
          "items",
          "itemMs",
          "arrays",
          "jsonSchema",
          "batch");
  private static final EndpointScript NONE = parse("{}");

  private final ObjectNode source;
  private final long latencyMs;
  private final double slowRatio;
  private final double slowFactor;
  private final long seed;
  private final FaultPlan faults;
  private final RateLimit rateLimit;
  private final String requireKey;
  private final Set<String> models;
  private final boolean trackPrompts;
  private final boolean recordTimes;
  private final FaultPlan items;
  private final long itemMs;
  private final ArrayScript arrays;
  private final boolean jsonSchema;
  private final StoreScript store;

  private EndpointScript(ObjectNode source) {
    StrictObject root = new StrictObject(source, StrictObject.ROOT, KEYS);
    this.source = source;
    this.latencyMs = root.whole("latencyMs", 0, 0, 86_400_000);
    StrictObject slow = root.child("slow", List.of("ratio", "factor"));
    this.slowRatio = slow.number("ratio", 0, 0, 1);
    this.slowFactor = slow.number("factor", 10, 0, 1e6);
    this.trackPrompts = root.flag("trackPrompts", true);
    this.recordTimes = root.flag("recordTimes", false);
    this.seed = root.whole("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE);
    this.faults = faults(root, "faults", "faults", FaultPlace.MODEL_CALLS);
    this.items = faults(root, "items", "items", FaultPlace.ITEMS);
    this.itemMs = root.whole("itemMs", 0, 0, 86_400_000);
    this.arrays = ArrayScript.read(root);
    this.jsonSchema = root.flag("jsonSchema", true);
    this.rateLimit = rateLimit(root);
    this.requireKey = root.text("requireKey", null);
    this.models = Set.copyOf(root.texts("models"));
    this.store =
        StoreScriptReader.read(
            root.has("batch") ? root.node("batch") : Json.object(), seed, this::faults);
  }

  /** An endpoint that answers at once, without limits or faults. */
  public static EndpointScript none() {
    return NONE;
  }

  /**
   * Reads a script.
   *
   * @param json one JSON object with the keys above
   * @throws IllegalArgumentException naming what is wrong, where, and what is allowed
   */
  public static EndpointScript parse(String json) {
    JsonNode node;
    try {
      node = Json.parse(json.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalArgumentException("Script: not valid JSON: " + e.getMessage(), e);
    }
    if (!(node instanceof ObjectNode object)) {
      throw new IllegalArgumentException(
          "Script: must be a JSON object, but is " + Json.describe(node));
    }
    return new EndpointScript(object);
  }

  /** The script as JSON, with a required key masked. */
  @Override
  public String toString() {
    ObjectNode shown = source.deepCopy();
    if (requireKey != null) {
      shown.put("requireKey", "***");
    }
    return shown.toString();
  }

  /** The time to the first byte of an answer to so many items. */
  long latencyMs(boolean straggler, int items) {
    long latency = latencyMs + itemMs * items;
    return straggler ? Math.round(latency * slowFactor) : latency;
  }

  double slowRatio() {
    return slowRatio;
  }

  FaultPlan faults() {
    return faults;
  }

  /** Rules for what calls ask for, one by one. */
  FaultPlan items() {
    return items;
  }

  ArrayScript arrays() {
    return arrays;
  }

  /** Whether calls may ask for answers of a JSON schema. */
  boolean jsonSchema() {
    return jsonSchema;
  }

  /** Null when nothing is limited. */
  RateLimit rateLimit() {
    return rateLimit;
  }

  /** Null when any or no key will do. */
  String requireKey() {
    return requireKey;
  }

  Set<String> models() {
    return models;
  }

  boolean trackPrompts() {
    return trackPrompts;
  }

  boolean recordTimes() {
    return recordTimes;
  }

  /** Files and batches. */
  StoreScript store() {
    return store;
  }

  private FaultPlan faults(StrictObject root, String key, String called, FaultPlace place) {
    List<Fault> rules = new ArrayList<>();
    for (JsonNode rule : root.array(key)) {
      String where = called + "[" + rules.size() + "]";
      rules.add(FaultReader.read(rule, where, place));
      if (!trackPrompts && rule.has("times") && place != FaultPlace.STORE_CALLS) {
        throw new IllegalArgumentException(
            "Script: " + where + ".times needs trackPrompts, which is false");
      }
    }
    return new FaultPlan(rules, seed);
  }

  private static RateLimit rateLimit(StrictObject root) {
    if (!root.has("rateLimit")) {
      return null;
    }
    StrictObject limit =
        root.child(
            "rateLimit",
            List.of("requestsPerMinute", "tokensPerMinute", "burstSeconds", "headers", "charge"));
    return new RateLimit(
        limit.whole("requestsPerMinute", 0, 0, Integer.MAX_VALUE),
        limit.whole("tokensPerMinute", 0, 0, 1_000_000_000_000L),
        limit.number("burstSeconds", 1, 0, 3600),
        limit.flag("headers", true),
        limit.constant("charge", RateLimit.Charge.class, RateLimit.Charge.UPFRONT));
  }
}

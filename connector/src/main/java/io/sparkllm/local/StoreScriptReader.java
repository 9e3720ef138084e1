package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.local.batch.BatchScript;
import io.sparkllm.local.batch.BatchScript.Dialect;
import io.sparkllm.local.batch.BatchScript.EmptyFile;
import io.sparkllm.local.batch.BatchScript.Gone;
import io.sparkllm.local.batch.BatchState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads the script's {@code batch}. */
final class StoreScriptReader {
  private static final List<String> KEYS =
      List.of(
          "dialect",
          "validatingMs",
          "lineMs",
          "finalizingMs",
          "cancellingMs",
          "windowSeconds",
          "clockAheadSeconds",
          "hold",
          "holdAfterLines",
          "maxFileBytes",
          "maxRequests",
          "maxInputs",
          "enqueuedTokens",
          "tokenRefusal",
          "creates",
          "uploads",
          "lag",
          "lateFiles",
          "emptyFile",
          "counts",
          "usage",
          "statuses",
          "statusStyle",
          "timeStyle",
          "failures",
          "unsupportedModels",
          "gone",
          "latencyMs",
          "faults",
          "lines");
  private static final long DAY_MS = 86_400_000;
  private static final long YEARS = 1_000_000_000;
  private static final Map<String, String> KNOWN_FAILURES =
      Map.of(
          "billing_hard_limit_reached",
          "Billing hard limit has been reached.",
          "token_limit_exceeded",
          "Enqueued token limit reached for local in organization org-local. Limit: 2,000,000"
              + " enqueued tokens. Please try again once some in_progress batches have been"
              + " completed.");

  private final StrictObject root;
  private final long seed;
  private final Rules rules;
  private final Dialect dialect;

  /** Reads rules of faults. */
  interface Rules {
    /** Reads {@code key} of {@code root}; {@code where} names it in messages. */
    FaultPlan read(StrictObject root, String key, String where, FaultPlace place);
  }

  private StoreScriptReader(StrictObject root, long seed, Rules rules) {
    this.root = root;
    this.seed = seed;
    this.rules = rules;
    this.dialect = root.constant("dialect", Dialect.class, Dialect.OPENAI);
  }

  /** Reads the object that stands at {@code batch}, or an empty one. */
  static StoreScript read(JsonNode node, long seed, Rules rules) {
    return new StoreScriptReader(new StrictObject(node, "batch", KEYS), seed, rules).script();
  }

  private StoreScript script() {
    boolean azure = dialect == Dialect.AZURE;
    StoreScript.Lag lag = lag();
    return new StoreScript(
        batch(lag),
        rules.read(root, "faults", "batch.faults", FaultPlace.STORE_CALLS),
        rules.read(root, "lines", "batch.lines", FaultPlace.LINES),
        root.whole("latencyMs", 0, 0, DAY_MS),
        new StoreScript.FileLimits(
            root.whole("maxFileBytes", 209_715_200, 1, 1L << 40),
            azure ? 1_209_600 : 3_600,
            2_592_000),
        lag,
        rate("creates", 2_000, 3_600),
        rate("uploads", 1_000, 60),
        root.constant(
            "tokenRefusal", StoreScript.TokenRefusal.class, StoreScript.TokenRefusal.FAILED),
        shape(azure));
  }

  private StoreScript.Shape shape(boolean azure) {
    return new StoreScript.Shape(
        (int) root.whole("lateFiles", 0, 0, Integer.MAX_VALUE),
        root.constant("counts", StoreScript.Counts.class, StoreScript.Counts.RIGHT),
        root.flag("usage", true),
        statuses(),
        root.constant(
            "statusStyle",
            StoreScript.StatusStyle.class,
            azure ? StoreScript.StatusStyle.CAPITALISED : StoreScript.StatusStyle.LOWER),
        root.constant(
            "timeStyle",
            StoreScript.TimeStyle.class,
            azure ? StoreScript.TimeStyle.ISO : StoreScript.TimeStyle.EPOCH));
  }

  private BatchScript batch(StoreScript.Lag lag) {
    return new BatchScript(
        new BatchScript.Timing(
            root.whole("validatingMs", 0, 0, DAY_MS),
            root.whole("lineMs", 0, 0, DAY_MS),
            root.whole("finalizingMs", 0, 0, DAY_MS),
            root.whole("cancellingMs", 0, 0, DAY_MS),
            root.whole("windowSeconds", 86_400, 0, YEARS),
            root.whole("clockAheadSeconds", 0, 0, YEARS)),
        new BatchScript.Hold(held(), root.whole("holdAfterLines", 0, 0, Integer.MAX_VALUE)),
        new BatchScript.Limits(
            root.whole("maxRequests", dialect == Dialect.AZURE ? 100_000 : 50_000, 1, 1_000_000),
            root.whole("maxInputs", 50_000, 1, 1_000_000_000),
            enqueuedTokens()),
        failures(),
        Set.copyOf(root.texts("unsupportedModels")),
        dialect,
        root.constant(
            "emptyFile",
            EmptyFile.class,
            dialect == Dialect.AZURE ? EmptyFile.EMPTY_ID : EmptyFile.NULL),
        lag.creates() == StoreScript.LagCreates.FAIL ? lag.reads() : 0,
        gone(),
        seed);
  }

  private Set<BatchState> held() {
    List<String> live =
        EnumSet.allOf(BatchState.class).stream()
            .filter(state -> !state.terminal())
            .map(BatchState::key)
            .toList();
    Set<BatchState> held = EnumSet.noneOf(BatchState.class);
    root.choices("hold", live).forEach(s -> held.add(BatchState.valueOf(upper(s))));
    return held;
  }

  private StoreScript.Lag lag() {
    StrictObject lag = root.child("lag", List.of("reads", "status", "creates", "uploaded"));
    return new StoreScript.Lag(
        (int) lag.whole("reads", 0, 0, Integer.MAX_VALUE),
        (int) lag.whole("status", 404, 400, 404),
        lag.constant("creates", StoreScript.LagCreates.class, StoreScript.LagCreates.REFUSE),
        (int) lag.whole("uploaded", 0, 0, Integer.MAX_VALUE));
  }

  private StoreScript.Rate rate(String key, long limit, long perSeconds) {
    StrictObject rate = root.child(key, List.of("limit", "perSeconds"));
    return new StoreScript.Rate(
        rate.whole("limit", limit, 0, Integer.MAX_VALUE),
        rate.whole("perSeconds", perSeconds, 1, 86_400));
  }

  private Map<String, Long> enqueuedTokens() {
    JsonNode node = root.node("enqueuedTokens");
    if (node == null || !node.isObject()) {
      return Map.of("*", root.whole("enqueuedTokens", 0, 0, Long.MAX_VALUE));
    }
    List<String> models = new ArrayList<>();
    node.fieldNames().forEachRemaining(models::add);
    StrictObject limits = root.child("enqueuedTokens", models);
    Map<String, Long> byModel = new LinkedHashMap<>();
    models.forEach(model -> byModel.put(model, limits.whole(model, 0, 0, Long.MAX_VALUE)));
    return byModel;
  }

  private Map<String, String> statuses() {
    List<String> states = EnumSet.allOf(BatchState.class).stream().map(BatchState::key).toList();
    StrictObject given = root.child("statuses", states);
    Map<String, String> names = new LinkedHashMap<>();
    for (String state : states) {
      if (given.has(state)) {
        names.put(state, given.text(state, state));
      }
    }
    return Map.copyOf(names);
  }

  private List<BatchScript.Failure> failures() {
    List<BatchScript.Failure> failures = new ArrayList<>();
    for (JsonNode node : root.array("failures")) {
      String where = "batch.failures[" + failures.size() + "]";
      StrictObject failure =
          new StrictObject(node, where, List.of("code", "message", "first", "after"));
      String code = failure.text("code", null);
      if (code == null) {
        throw new IllegalArgumentException("Script: " + where + " needs 'code'");
      }
      failures.add(
          new BatchScript.Failure(
              code,
              failure.text("message", KNOWN_FAILURES.getOrDefault(code, "The batch failed.")),
              failure.whole("after", 1, 1, Long.MAX_VALUE),
              failure.whole("first", Long.MAX_VALUE, 1, Long.MAX_VALUE)));
    }
    return failures;
  }

  private Set<Gone> gone() {
    Set<Gone> gone = EnumSet.noneOf(Gone.class);
    List<String> known = EnumSet.allOf(Gone.class).stream().map(StrictObject::lower).toList();
    root.choices("gone", known).forEach(name -> gone.add(Gone.valueOf(upper(name))));
    return gone;
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT);
  }
}

package io.sparkllm.local;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where rules of faults stand in the script: what they may look at, and what may happen there. */
enum FaultPlace {
  /** {@code faults}: calls to a model. */
  MODEL_CALLS("path"),
  /** {@code batch.faults}: calls to files and batches. */
  STORE_CALLS("call"),
  /** {@code batch.lines}: lines of batches. */
  LINES("path");

  private static final List<String> COMMON =
      List.of(
          "ratio",
          "first",
          "after",
          "contains",
          "times",
          "kind",
          "status",
          "type",
          "code",
          "param",
          "message",
          "body");
  private static final List<String> ON_THE_WIRE =
      List.of(
          "headers",
          "retryAfter",
          "retryAfterForm",
          "shouldRetry",
          "latencyMs",
          "stallMs",
          "chunkBytes",
          "chunkDelayMs");

  private final String where;

  FaultPlace(String where) {
    this.where = where;
  }

  /** The keys that a rule may have. */
  List<String> keys() {
    List<String> keys = new ArrayList<>(COMMON);
    keys.add(where);
    if (this != LINES) {
      keys.addAll(ON_THE_WIRE);
    }
    return keys;
  }

  /** The kinds that a rule may be of, as the script writes them. */
  List<String> kinds() {
    return Arrays.stream(FaultKind.values()).filter(this::allows).map(FaultKind::key).toList();
  }

  private boolean allows(FaultKind kind) {
    return switch (kind) {
      case OMIT, DOUBLE, STATUS_ZERO, TIMEOUT -> this == LINES;
      case LOST, DROP, STALL, SLOW_BODY, EMPTY_BODY -> this != LINES;
      case REFUSE, FILTER, EMPTY -> this != STORE_CALLS;
      default -> true;
    };
  }
}

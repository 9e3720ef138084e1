package io.sparkllm.local;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where rules of faults stand in the script: what they may look at, and what may happen there. */
enum FaultPlace {
  /** {@code faults}: calls to a model. */
  MODEL_CALLS,
  /** {@code items}: what model calls ask for, one by one. */
  ITEMS,
  /** {@code batch.faults}: calls to files and batches. */
  STORE_CALLS,
  /** {@code batch.lines}: lines of batches. */
  LINES;

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

  /** The keys that a rule may have. */
  List<String> keys() {
    List<String> keys = new ArrayList<>(COMMON);
    keys.addAll(own());
    if (onTheWire()) {
      keys.addAll(ON_THE_WIRE);
    }
    return keys;
  }

  /** The kinds that a rule may be of, as the script writes them. */
  List<String> kinds() {
    return Arrays.stream(FaultKind.values()).filter(this::allows).map(FaultKind::key).toList();
  }

  /** What rules of this place may look at beside what all may. */
  private List<String> own() {
    return switch (this) {
      case MODEL_CALLS -> List.of("path", "minItems", "minBytes");
      case ITEMS -> List.of("path", "index");
      case STORE_CALLS -> List.of("call");
      case LINES -> List.of("path");
    };
  }

  private boolean onTheWire() {
    return this == MODEL_CALLS || this == STORE_CALLS;
  }

  private boolean allows(FaultKind kind) {
    return switch (kind) {
      case OMIT, DOUBLE -> !onTheWire();
      case STATUS_ZERO, TIMEOUT -> this == LINES;
      case SHUFFLE, SHORT_LIST, LONG_LIST, HALF_JSON -> this == MODEL_CALLS;
      case LOST, DROP, STALL, SLOW_BODY, EMPTY_BODY -> onTheWire();
      case HTML, MALFORMED, TRUNCATED -> this != ITEMS;
      case REFUSE, FILTER, EMPTY -> this != STORE_CALLS;
      default -> true;
    };
  }
}

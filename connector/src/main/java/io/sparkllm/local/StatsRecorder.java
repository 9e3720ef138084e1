package io.sparkllm.local;

import io.sparkllm.local.batch.BatchStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts. One short lock: at some thousand requests a second it is never contended. */
final class StatsRecorder {
  // A caller may send any name; the map must not grow with it.
  private static final int MAX_MODELS = 100;

  private final PromptLedger prompts;
  private long requests;
  private long answers;
  private long doubles;
  private int inFlight;
  private int maxInFlight;
  private long dropped;
  private long stalled;
  private long abandoned;
  private long promptTokens;
  private long completionTokens;
  private final Map<Integer, Long> byStatus = new TreeMap<>();
  private final Map<String, Long> byPath = new TreeMap<>();
  private final Map<String, Long> byModel = new TreeMap<>();
  private final Map<String, long[]> items = new TreeMap<>();
  private final Timeline timeline = new Timeline();

  StatsRecorder(PromptLedger prompts) {
    this.prompts = prompts;
  }

  synchronized void arrived() {
    requests++;
    inFlight++;
    maxInFlight = Math.max(maxInFlight, inFlight);
  }

  synchronized void left(boolean wasAnswered) {
    inFlight--;
    if (!wasAnswered) {
      abandoned++;
    }
  }

  synchronized void path(String pattern) {
    byPath.merge(pattern, 1L, Long::sum);
  }

  synchronized void model(String name) {
    boolean known = byModel.containsKey(name) || byModel.size() < MAX_MODELS;
    byModel.merge(known ? name : "other", 1L, Long::sum);
  }

  synchronized void decided(Reply reply) {
    switch (reply.delivery().kind()) {
      case DROP -> dropped++;
      case STALL -> stalled++;
      default -> byStatus.merge(reply.status(), 1L, Long::sum);
    }
  }

  synchronized void accepted(long epochMs, long charge, boolean exact) {
    timeline.accepted(epochMs, charge, exact);
  }

  synchronized void refused(long epochMs, int status, boolean exact) {
    timeline.refused(epochMs, status, exact);
  }

  synchronized void served(Served served) {
    promptTokens += served.promptTokens();
    completionTokens += served.completionTokens();
  }

  /** Counts a call that got past the limits, and for how many answers it asks. */
  synchronized void asked(String path, int count) {
    long[] cell = cell(path);
    cell[0]++;
    cell[1] += count;
    cell[4] = Math.max(cell[4], count);
  }

  /** Counts a good answer; {@code timesAnswered} is 0 where prompts are not tracked. */
  synchronized void answered(String path, int timesAnswered) {
    answers++;
    cell(path)[2]++;
    if (timesAnswered > 1) {
      doubles++;
      cell(path)[3]++;
    }
  }

  private long[] cell(String path) {
    return items.computeIfAbsent(path, p -> new long[5]);
  }

  private Map<String, EndpointStats.Items> items() {
    Map<String, EndpointStats.Items> told = new TreeMap<>();
    items.forEach(
        (path, cell) ->
            told.put(path, new EndpointStats.Items(cell[0], cell[1], cell[2], cell[3], cell[4])));
    return Map.copyOf(told);
  }

  /** All counts; {@code batch} are those of files and batches. */
  synchronized EndpointStats snapshot(BatchStats batch) {
    List<EndpointStats.Second> seconds = new ArrayList<>(timeline.seconds());
    return new EndpointStats(
        requests,
        Map.copyOf(byStatus),
        Map.copyOf(byPath),
        Map.copyOf(byModel),
        items(),
        answers,
        doubles,
        prompts.size(),
        inFlight,
        maxInFlight,
        dropped,
        stalled,
        abandoned,
        promptTokens,
        completionTokens,
        List.copyOf(seconds),
        timeline.accepted(),
        timeline.refused(),
        batch);
  }

  /** Everything to zero, save what is in flight. */
  synchronized void reset() {
    requests = 0;
    answers = 0;
    doubles = 0;
    maxInFlight = inFlight;
    dropped = 0;
    stalled = 0;
    abandoned = 0;
    promptTokens = 0;
    completionTokens = 0;
    byStatus.clear();
    byPath.clear();
    byModel.clear();
    items.clear();
    timeline.clear();
    prompts.clear();
  }
}

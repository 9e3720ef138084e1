package io.sparkllm.batch;

import io.sparkllm.batch.BatchFile.State;
import io.sparkllm.batch.rows.Chunk;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All files of a checkpoint, found by state in the order in which they came into it. */
final class BatchFiles {
  private final Map<String, BatchFile> all = new LinkedHashMap<>();
  private final Map<State, LinkedHashMap<String, BatchFile>> byState = new EnumMap<>(State.class);

  /** Prompt tokens of batches that the service counts. */
  private long enqueued;

  BatchFiles() {
    for (State state : State.values()) {
      byState.put(state, new LinkedHashMap<>());
    }
  }

  void put(BatchFile file) {
    BatchFile before = all.put(file.name(), file);
    if (before != null) {
      byState.get(before.state()).remove(before.name());
      enqueued -= isEnqueued(before) ? before.tokens() : 0;
    }
    byState.get(file.state()).put(file.name(), file);
    enqueued += isEnqueued(file) ? file.tokens() : 0;
  }

  /** Forgets all. */
  void clear() {
    all.clear();
    byState.values().forEach(Map::clear);
    enqueued = 0;
  }

  private static boolean isEnqueued(BatchFile file) {
    return file.state() == State.CREATING || file.state() == State.LIVE;
  }

  Collection<BatchFile> in(State state) {
    return byState.get(state).values();
  }

  List<BatchFile> first(State state, int most) {
    return in(state).stream().limit(most).toList();
  }

  int count(State state) {
    return byState.get(state).size();
  }

  BatchFile get(String name) {
    return all.get(name);
  }

  Collection<BatchFile> all() {
    return all.values();
  }

  long enqueued() {
    return enqueued;
  }

  boolean areDone() {
    return count(State.DONE) == all.size();
  }

  /** The chunks of all files that are not done. */
  List<Chunk> chunks() {
    List<Chunk> chunks = new ArrayList<>();
    all.values().forEach(file -> chunks.addAll(file.chunks()));
    return chunks;
  }
}

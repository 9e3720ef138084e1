package io.sparkllm.local;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Accepted and throttled calls by second, and exactly on demand. Not thread-safe. */
final class Timeline {
  private final List<long[]> cells = new ArrayList<>();
  private long[] exact = new long[1024];
  private int exactSize;

  void accepted(long epochMs, long tokens, boolean keepExact) {
    long[] cell = cell(epochMs / 1000);
    cell[1]++;
    cell[2] += tokens;
    if (keepExact) {
      if (exactSize + 2 > exact.length) {
        exact = Arrays.copyOf(exact, exact.length * 2);
      }
      exact[exactSize++] = epochMs;
      exact[exactSize++] = tokens;
    }
  }

  void throttled(long epochMs) {
    cell(epochMs / 1000)[3]++;
  }

  List<EndpointStats.Second> seconds() {
    return cells.stream()
        .map(cell -> new EndpointStats.Second(cell[0], cell[1], cell[2], cell[3]))
        .toList();
  }

  List<EndpointStats.Accepted> exact() {
    List<EndpointStats.Accepted> all = new ArrayList<>(exactSize / 2);
    for (int i = 0; i < exactSize; i += 2) {
      all.add(new EndpointStats.Accepted(exact[i], exact[i + 1]));
    }
    return List.copyOf(all);
  }

  void clear() {
    cells.clear();
    exact = new long[1024];
    exactSize = 0;
  }

  private long[] cell(long second) {
    // Two I/O threads may report the turn of a second in either order: look back a little.
    for (int i = cells.size() - 1; i >= 0 && i >= cells.size() - 3; i--) {
      if (cells.get(i)[0] == second) {
        return cells.get(i);
      }
    }
    long[] cell = {second, 0, 0, 0};
    cells.add(cell);
    return cell;
  }
}

package io.sparkllm.local;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Accepted and throttled calls by second, and all calls exactly on demand. Not thread-safe. */
final class Timeline {
  private final List<long[]> cells = new ArrayList<>();
  private final Pairs accepted = new Pairs();
  private final Pairs refused = new Pairs();

  void accepted(long epochMs, long tokens, boolean keepExact) {
    long[] cell = cell(epochMs / 1000);
    cell[1]++;
    cell[2] += tokens;
    if (keepExact) {
      accepted.add(epochMs, tokens);
    }
  }

  void refused(long epochMs, int status, boolean keepExact) {
    if (status == 429) {
      cell(epochMs / 1000)[3]++;
    }
    if (keepExact) {
      refused.add(epochMs, status);
    }
  }

  List<EndpointStats.Second> seconds() {
    return cells.stream()
        .map(cell -> new EndpointStats.Second(cell[0], cell[1], cell[2], cell[3]))
        .toList();
  }

  List<EndpointStats.Accepted> accepted() {
    List<EndpointStats.Accepted> all = new ArrayList<>(accepted.size / 2);
    for (int i = 0; i < accepted.size; i += 2) {
      all.add(new EndpointStats.Accepted(accepted.values[i], accepted.values[i + 1]));
    }
    return List.copyOf(all);
  }

  List<EndpointStats.Refused> refused() {
    List<EndpointStats.Refused> all = new ArrayList<>(refused.size / 2);
    for (int i = 0; i < refused.size; i += 2) {
      all.add(new EndpointStats.Refused(refused.values[i], (int) refused.values[i + 1]));
    }
    return List.copyOf(all);
  }

  void clear() {
    cells.clear();
    accepted.clear();
    refused.clear();
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

  /** Pairs of numbers without an object for each. */
  private static final class Pairs {
    private long[] values = new long[1024];
    private int size;

    void add(long first, long second) {
      if (size + 2 > values.length) {
        values = Arrays.copyOf(values, values.length * 2);
      }
      values[size++] = first;
      values[size++] = second;
    }

    void clear() {
      values = new long[1024];
      size = 0;
    }
  }
}

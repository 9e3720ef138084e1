package io.sparkllm.local.files;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Things by id and in the order in which they were added, read by pages as list routes do.
 * Thread-safe.
 *
 * @param <T> what it holds
 */
public final class Catalog<T> {
  private final TreeMap<Long, T> inOrder = new TreeMap<>();
  private final Map<String, Long> places = new HashMap<>();
  private long added;

  /**
   * One page of a list.
   *
   * @param items at most as many as asked for
   * @param more whether others come behind them
   * @param <T> what it holds
   */
  public record Page<T>(List<T> items, boolean more) {
    /** Copies the items. */
    public Page {
      items = List.copyOf(items);
    }
  }

  /** Which end of a list comes first. */
  public enum Order {
    /** Oldest first. */
    ASC,
    /** Newest first. */
    DESC
  }

  /**
   * Adds a thing.
   *
   * @param id its id, new to this catalog
   * @param thing what is kept under it
   */
  public synchronized void add(String id, T thing) {
    long place = added++;
    inOrder.put(place, thing);
    places.put(id, place);
  }

  /**
   * Finds a thing.
   *
   * @param id its id
   * @return what is kept under it, or null
   */
  public synchronized T find(String id) {
    Long place = places.get(id);
    return place == null ? null : inOrder.get(place);
  }

  /**
   * Removes a thing.
   *
   * @param id its id
   * @return what was kept under it, or null
   */
  public synchronized T remove(String id) {
    Long place = places.remove(id);
    return place == null ? null : inOrder.remove(place);
  }

  /**
   * Reads a page.
   *
   * @param after id of the last thing of the page before; null = from the start
   * @param limit most things on the page, at least 1
   * @param order which end comes first
   * @param wanted others are left out
   * @return the page; null when there is no {@code after}
   */
  public synchronized Page<T> page(String after, int limit, Order order, Predicate<T> wanted) {
    NavigableMap<Long, T> left = order == Order.ASC ? inOrder : inOrder.descendingMap();
    if (after != null) {
      Long place = places.get(after);
      if (place == null) {
        return null;
      }
      left = left.tailMap(place, false);
    }
    List<T> items = new ArrayList<>();
    for (T thing : left.values()) {
      if (wanted.test(thing)) {
        if (items.size() == limit) {
          return new Page<>(items, true);
        }
        items.add(thing);
      }
    }
    return new Page<>(items, false);
  }

  /**
   * Everything that it holds now.
   *
   * @return a copy, oldest first
   */
  public synchronized List<T> all() {
    return List.copyOf(inOrder.values());
  }
}

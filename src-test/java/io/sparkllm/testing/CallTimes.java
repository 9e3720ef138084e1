package io.sparkllm.testing;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * When calls came and how much each counted: requests (1 each) or tokens. Judges whether a rate
 * limit was held, and used. Immutable.
 */
public final class CallTimes {

  /** So much at that time, in milliseconds since 1970. */
  public record At(long epochMs, long amount) {}

  private final List<At> calls;

  private CallTimes(List<At> calls) {
    this.calls = calls;
  }

  /** Of calls in any order. */
  public static CallTimes of(List<At> calls) {
    return new CallTimes(
        calls.stream().sorted(Comparator.comparingLong((At call) -> call.epochMs())).toList());
  }

  static <T> CallTimes of(List<T> calls, Function<T, At> at) {
    return of(calls.stream().map(at).toList());
  }

  /** By time. */
  public List<At> calls() {
    return calls;
  }

  /** The sum of all. */
  public long amount() {
    return sum(calls);
  }

  /** Time of the first call; fails where there is none. */
  public long firstMs() {
    return calls.get(0).epochMs();
  }

  /** Time of the last call; fails where there is none. */
  public long lastMs() {
    return calls.get(calls.size() - 1).epochMs();
  }

  /** The most in any window of that length, its end not included. */
  public long mostIn(Duration window) {
    long length = window.toMillis();
    long most = 0;
    long inside = 0;
    int first = 0;
    for (At call : calls) {
      inside += call.amount();
      while (call.epochMs() - calls.get(first).epochMs() >= length) {
        inside -= calls.get(first++).amount();
      }
      most = Math.max(most, inside);
    }
    return most;
  }

  /**
   * The rate from the first call to the last: what came after the first, by the time between. Zero
   * for fewer than two calls, or all in one millisecond.
   */
  public double perSecond() {
    if (calls.size() < 2 || firstMs() == lastMs()) {
      return 0;
    }
    return (amount() - calls.get(0).amount()) * 1000.0 / (lastMs() - firstMs());
  }

  /** Those from one time on, and before another. */
  public CallTimes between(long fromMs, long toMs) {
    return new CallTimes(
        calls.stream().filter(c -> c.epochMs() >= fromMs && c.epochMs() < toMs).toList());
  }

  private static long sum(List<At> calls) {
    return calls.stream().mapToLong(At::amount).sum();
  }
}

package io.sparkllm.local;

import java.util.List;
import java.util.function.Predicate;

/**
 * Decides which fault, if any, a request meets: the first rule that applies. Draws depend on the
 * seed, the prompt and how often it was asked, never on arrival order. Immutable.
 */
final class FaultPlan {
  // Keeps the draws of rules and of stragglers independent of each other.
  private static final long STRAGGLER_SALT = 0x51A991E4L;

  /**
   * What the plan looks at.
   *
   * @param digest of the request body
   * @param asked how often this prompt was asked, 1 the first time
   * @param number of this request since the start or the last reset, from 1
   * @param says whether what is asked holds these words: the last user message, of many items any
   * @param path the request's path
   * @param call what is asked of files and batches, e.g. {@code create}; null = a model is called
   * @param extent how much is asked
   */
  record Asking(
      Digest digest,
      int asked,
      long number,
      Predicate<String> says,
      String path,
      String call,
      Extent extent) {}

  /**
   * How much is asked.
   *
   * @param items of a call: 1 unless it asks for many things at once
   * @param bytes of its body
   * @param index of an item in its call, from 0; 0 for whole calls
   */
  record Extent(int items, long bytes, int index) {
    static final Extent ONE = new Extent(1, 0, 0);
  }

  /** A plan without rules. */
  static final FaultPlan NONE = new FaultPlan(List.of(), 0);

  private final List<Fault> faults;
  private final long seed;

  FaultPlan(List<Fault> faults, long seed) {
    this.faults = List.copyOf(faults);
    this.seed = seed;
  }

  /** The fault that this asking meets, or null. */
  Fault find(Asking asking) {
    for (int i = 0; i < faults.size(); i++) {
      if (applies(faults.get(i).when(), asking, i)) {
        return faults.get(i);
      }
    }
    return null;
  }

  /** Whether this asking is one of the given share of stragglers. */
  boolean straggles(double ratio, Asking asking) {
    return ratio > 0 && asking.digest().draw(seed, asking.asked() ^ STRAGGLER_SALT) < ratio;
  }

  private boolean applies(Fault.When when, Asking asking, int rule) {
    return asking.number() >= when.from()
        && asking.number() <= when.to()
        && asking.asked() <= when.times()
        && asking.extent().items() >= when.minItems()
        && asking.extent().bytes() >= when.minBytes()
        && (when.index() < 0 || when.index() == asking.extent().index())
        && (when.path() == null || asking.path().contains(when.path()))
        && (when.call() == null || when.call().equals(asking.call()))
        && (when.contains() == null || asking.says().test(when.contains()))
        && (when.ratio() >= 1
            || asking.digest().draw(seed, asking.asked() + ((long) (rule + 1) << 32))
                < when.ratio());
  }
}

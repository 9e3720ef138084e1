package io.sparkllm.benchmark;

/**
 * How much is measured.
 *
 * @param repeats of each measurement, by turns with its reference
 * @param warmUp rows before the first measurement
 * @param fast rows without latency
 * @param latency rows with latency
 * @param stragglers rows with latency and stragglers
 * @param limited rows under a limit
 * @param small rows of the small fresh JVM
 * @param large rows of the large fresh JVM
 * @param heapLarge rows of the large run whose heap is watched
 */
record Sizes(
    int repeats,
    int warmUp,
    int fast,
    int latency,
    int stragglers,
    int limited,
    int small,
    int large,
    int heapLarge) {

  /** About ten minutes on two cores. */
  static final Sizes FULL =
      new Sizes(3, 60_000, 40_000, 5_120, 5_120, 1_500, 20_000, 60_000, 200_000);

  /** About a minute, to see that everything works; its numbers mean little. */
  static final Sizes QUICK = new Sizes(1, 5_000, 5_000, 1_024, 1_024, 300, 2_000, 6_000, 20_000);
}

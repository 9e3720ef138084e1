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
 * @param cold rows of a new JVM whose compilers have only begun
 * @param settled rows after which the CPU time of a row changes no more, as seen on a JDK 17
 * @param warm rows well beyond that
 * @param heapLarge rows of the large run whose heap is watched
 */
record Sizes(
    int repeats,
    int warmUp,
    int fast,
    int latency,
    int stragglers,
    int limited,
    int cold,
    int settled,
    int warm,
    int heapLarge) {

  /** About ten minutes on two cores. */
  static final Sizes FULL =
      new Sizes(3, 200_000, 100_000, 5_120, 5_120, 1_000, 20_000, 200_000, 500_000, 400_000);

  /** Two minutes at most, to see that everything works; its numbers mean little. */
  static final Sizes QUICK =
      new Sizes(1, 5_000, 5_000, 1_024, 1_024, 300, 2_000, 4_000, 8_000, 20_000);
}

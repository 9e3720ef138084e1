package io.sparkllm.benchmark;

import java.util.Arrays;

/** The little arithmetic that the results rest on. */
final class Statistics {
  private Statistics() {}

  /** The middle value, or the mean of the two in the middle. */
  static double median(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("No values");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** What one more unit of x costs in y: start-up and warm-up, the same in both, are out. */
  static double slope(double smallX, double smallY, double largeX, double largeY) {
    if (!(largeX > smallX)) {
      throw new IllegalArgumentException(largeX + " is not above " + smallX);
    }
    return (largeY - smallY) / (largeX - smallX);
  }

  /** Answers a second with so many calls in flight, if nothing but the endpoint took time. */
  static double idealRate(int inFlight, double latencySeconds, double slowRatio, double factor) {
    return inFlight / (latencySeconds * (1 - slowRatio + slowRatio * factor));
  }
}

package org.apache.spark.sql.connect;

import java.util.function.Supplier;

/** Stands in for Spark Connect's server, whose classes lie below this package and call ours. */
public final class Planner {
  private Planner() {}

  /** What the server does with a request: calls on its own thread. */
  public static <T> T plan(Supplier<T> request) {
    return request.get();
  }
}

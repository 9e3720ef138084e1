package io.sparkllm.testing;

import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;

/** Counts the jobs that Spark starts. */
public final class Jobs {
  private Jobs() {}

  /** How many jobs start while an action runs. Nothing else may run in the session meanwhile. */
  public static int during(SparkSession spark, Runnable action) {
    SparkContext context = spark.sparkContext();
    AtomicInteger started = new AtomicInteger();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart job) {
            started.incrementAndGet();
          }
        };
    drain(context);
    context.addSparkListener(listener);
    try {
      action.run();
      // Listeners hear of a job some time after it started.
      drain(context);
    } finally {
      context.removeSparkListener(listener);
    }
    return started.get();
  }

  private static void drain(SparkContext context) {
    try {
      context.listenerBus().waitUntilEmpty();
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}

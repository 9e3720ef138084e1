package io.sparkllm.testing;

import java.lang.management.ManagementFactory;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/**
 * Tells on standard output who ran the two tasks of a job: {@code driver <pid>}, and for each task
 * {@code task <pid> <partition> <attempt> <number of opened packages>}. Partition 0 fails once.
 */
public final class ClusterProbe {

  private ClusterProbe() {}

  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().getOrCreate();
    System.out.println("driver " + ProcessHandle.current().pid());
    MapPartitionsFunction<Long, String> probe = rows -> tellAfterOneFailure();
    List<String> told =
        spark.range(0, 2, 1, 2).mapPartitions(probe, Encoders.STRING()).collectAsList();
    told.forEach(line -> System.out.println("task " + line));
    spark.stop();
  }

  private static Iterator<String> tellAfterOneFailure() {
    TaskContext task = TaskContext.get();
    if (task.partitionId() == 0 && task.attemptNumber() == 0) {
      throw new IllegalStateException("the first attempt fails");
    }
    long opened =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith("--add-opens"))
            .count();
    long pid = ProcessHandle.current().pid();
    return List.of("%d %d %d %d".formatted(pid, task.partitionId(), task.attemptNumber(), opened))
        .iterator();
  }
}

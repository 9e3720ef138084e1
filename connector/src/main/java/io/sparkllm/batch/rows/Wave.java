package io.sparkllm.batch.rows;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/** Work on a list of things, a task for each. The results come in the order of the list. */
final class Wave<T extends Serializable> implements MapPartitionsFunction<Long, String> {
  private static final long serialVersionUID = 1L;

  /** The work on one thing. */
  interface Work<T> extends Serializable {
    String run(T item) throws Exception;
  }

  private final ArrayList<T> items;
  private final Work<T> work;

  private Wave(List<T> items, Work<T> work) {
    this.items = new ArrayList<>(items);
    this.work = work;
  }

  static <T extends Serializable> List<String> run(
      SparkSession spark, List<T> items, Work<T> work) {
    if (items.isEmpty()) {
      return List.of();
    }
    return spark
        .range(0, items.size(), 1, items.size())
        .mapPartitions(new Wave<>(items, work), Encoders.STRING())
        .collectAsList();
  }

  @Override
  public Iterator<String> call(Iterator<Long> indices) throws Exception {
    List<String> results = new ArrayList<>();
    while (indices.hasNext()) {
      results.add(work.run(items.get(Math.toIntExact(indices.next()))));
    }
    return results.iterator();
  }
}

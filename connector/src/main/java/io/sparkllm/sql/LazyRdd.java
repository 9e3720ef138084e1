package io.sparkllm.sql;

import java.util.function.Supplier;
import org.apache.spark.Dependency;
import org.apache.spark.OneToOneDependency;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Row;
import scala.collection.Iterator;
import scala.collection.immutable.Nil$;
import scala.collection.immutable.Seq;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Rows whose plan is made when they are first needed. Spark asks a source for its RDD when it plans
 * a query, so for EXPLAIN too; and making the RDD of a plan with a shuffle runs that shuffle.
 * Thread-safe, as Spark's scheduler and its planner may ask from different threads.
 */
final class LazyRdd extends RDD<Row> {
  private static final long serialVersionUID = 1L;

  private static final ClassTag<Row> TAG = ClassTag$.MODULE$.apply(Row.class);

  private final transient Supplier<RDD<Row>> maker;
  private RDD<Row> inner;

  /**
   * The parent is a stand-in: the constructor that takes none needs a type of one Scala version.
   */
  LazyRdd(SparkContext spark, Supplier<RDD<Row>> maker) {
    super(spark.emptyRDD(TAG), TAG);
    this.maker = maker;
  }

  /** On the driver, before any task is sent; tasks get what was made. */
  private synchronized RDD<Row> inner() {
    if (inner == null) {
      inner = maker.get();
    }
    return inner;
  }

  @Override
  public Partition[] getPartitions() {
    return inner().partitions();
  }

  /** Of the very type that it has with Scala 2.13; javac adds the bridge for 2.12. */
  @Override
  public Seq<Dependency<?>> getDependencies() {
    return Nil$.MODULE$.$colon$colon(new OneToOneDependency<>(inner()));
  }

  @Override
  public Iterator<Row> compute(Partition partition, TaskContext context) {
    return inner().iterator(partition, context);
  }
}

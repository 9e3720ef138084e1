package io.sparkllm.jobs;

import io.sparkllm.BatchReport;
import io.sparkllm.Llm;
import io.sparkllm.LlmBatch;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What a command does with batches before it writes an output. */
enum BatchStep {
  /** Nothing: rows are asked as they are written. */
  NONE,
  /** Submits the rows and waits for the batches. */
  RUN,
  /** Collects what has ended. */
  COLLECT,
  /** Waits for the batches. */
  AWAIT;

  /** The settings under which rows get their answers. */
  Llm reading(Llm llm) {
    return this == NONE ? llm : LlmBatch.of(llm).reading();
  }

  /** Carries it out; null where there is nothing to do. */
  BatchReport carryOut(Llm llm, Dataset<Row> input) {
    SparkSession spark = input.sparkSession();
    return switch (this) {
      case NONE -> null;
      case RUN -> {
        telling(llm, batch -> batch.submit(input));
        yield telling(llm, batch -> batch.await(spark));
      }
      case COLLECT, AWAIT -> carryOut(llm, spark);
    };
  }

  /** As the other, where there is no input. */
  BatchReport carryOut(Llm llm, SparkSession spark) {
    return telling(llm, batch -> this == AWAIT ? batch.await(spark) : batch.collect(spark));
  }

  /** Submits a source's rows, or the first so many of them. Commands cannot name Spark's types. */
  static BatchReport submit(Llm llm, Source source, Integer limit, Sessions session) {
    Dataset<Row> all = source.read(session.spark());
    Dataset<Row> rows = limit == null ? all : all.limit(limit);
    return telling(llm, batch -> batch.submit(rows));
  }

  /** Tells how it goes, and on Ctrl-C how to go on. */
  static BatchReport telling(Llm llm, Function<LlmBatch, BatchReport> step) {
    BatchProgress progress = new BatchProgress(System.err);
    return Interruption.telling(
        "Stopped before the end. Nothing is lost: batches go on at the service, and the same command,"
            + " or collect --checkpoint "
            + llm.options().checkpoint()
            + ", takes up from here",
        () -> {
          try {
            return step.apply(LlmBatch.of(llm).listener(progress::tell));
          } catch (IllegalArgumentException | IllegalStateException e) {
            throw new UsageException(e.getMessage(), e);
          }
        });
  }
}

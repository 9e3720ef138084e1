package io.sparkllm.jobs;

import static org.apache.spark.sql.functions.col;

import io.sparkllm.BatchReport;
import io.sparkllm.Llm;
import io.sparkllm.LlmOptions;
import io.sparkllm.RunMonitor;
import io.sparkllm.RunStatus;
import io.sparkllm.config.Options;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * One run: a table in, its answers out, a summary from what was written.
 *
 * @param source the input
 * @param sink the output
 * @param options the options of the calls
 * @param maxErrorRatio failed rows tolerated in the output
 * @param columns input columns to keep; empty for all
 * @param limit rows to take; null for all
 * @param repartition partitions to spread over; null for as they are
 * @param show rows of the output to print
 * @param gold input column with the right labels; null for none
 * @param batch what is done with batches first
 */
record RunJob(
    Source source,
    Sink sink,
    LlmOptions options,
    double maxErrorRatio,
    List<String> columns,
    Integer limit,
    Integer repartition,
    int show,
    String gold,
    BatchStep batch) {
  /** Below this many rows one partition is as good as several. */
  private static final int SPREAD_FROM = 1000;

  /** Runs; the result is an exit code. */
  int run(SparkSession spark) {
    return withCheckpoint(spark).runAsIs(spark);
  }

  /** A path's answers are kept beside it unless the options say otherwise. */
  private RunJob withCheckpoint(SparkSession spark) {
    if (options.isSet(Options.CHECKPOINT)) {
      sink.requireApart(spark, options.checkpoint());
      return this;
    }
    String beside = sink.checkpoint(spark);
    if (beside == null && batch != BatchStep.NONE) {
      throw BatchCommand.noCheckpoint();
    }
    if (beside == null) {
      System.err.printf(
          "The output is a table, so no answer is kept for another run; --checkpoint <directory>"
              + " keeps them%n");
      return this;
    }
    LlmOptions kept = options.with(Options.CHECKPOINT, beside);
    return new RunJob(
        source, sink, kept, maxErrorRatio, columns, limit, repartition, show, gold, batch);
  }

  @SuppressWarnings("try") // The claim is held, not used.
  private int runAsIs(SparkSession spark) {
    PrintStream out = System.out;
    long start = System.nanoTime();
    CallPrice price = CallPrice.of(options);
    Llm llm = batch.reading(Llm.of(options));
    Dataset<Row> all = source.read(spark);
    Dataset<Row> input = prepared(all);
    try (RunMonitor monitor = new RunMonitor();
        OutputClaim claim = sink.claim(spark)) {
      Dataset<Row> answered = answered(llm, spread(input), monitor);
      Optional<Gold> labels =
          Optional.ofNullable(gold)
              .map(column -> Gold.find(column, answered.schema(), all.schema(), options));
      if (sink.prepare(spark, source.name(), input)) {
        out.printf("The output %s exists; nothing was done (--save-mode ignore)%n", sink.name());
        return ExitCode.OK;
      }
      BatchReport batches = batch.carryOut(Llm.of(options), input);
      if (batches != null && !batches.isDone()) {
        return BatchTable.notEnded(batches);
      }
      StructType schema = answered.schema();
      Summary before = earlier(spark, schema, rows -> Summary.of(rows, options), Summary.EMPTY);
      Optional<Evaluation> agreed =
          labels.flatMap(
              found ->
                  earlier(spark, schema, rows -> Evaluation.of(rows, found), Optional.empty()));
      try (Progress progress =
          Progress.start(monitor::status, source.isCounted(spark) ? input.count() : -1)) {
        write(answered);
        progress.stop();
        Dataset<Row> written = sink.readBack(spark, answered.schema());
        Summary summary = Summary.of(written, options).since(before);
        RunStatus status = progress.finish(summary.rows());
        if (show > 0) {
          written.show(show, 60);
        }
        labels.ifPresent(found -> evaluate(out, Evaluation.of(written, found), agreed));
        summary.print(
            out,
            sink.name(),
            options.checkpoint(),
            status.counts(),
            price,
            Duration.ofNanos(System.nanoTime() - start),
            Bottleneck.hint(status, progress.elapsed(), options));
        return judge(summary);
      }
    }
  }

  private void write(Dataset<Row> answered) {
    Interruption.telling(
        String.format(
            "Stopped before the end: the output is not written. The same command %s",
            options.checkpoint() == null
                ? "starts again."
                : "goes on: the answers so far are in " + options.checkpoint()),
        () -> {
          sink.write(answered);
          return null;
        });
  }

  private void evaluate(PrintStream out, Optional<Evaluation> all, Optional<Evaluation> before) {
    all.map(evaluation -> before.map(evaluation::since).orElse(evaluation))
        .ifPresentOrElse(
            evaluation -> evaluation.print(out),
            () ->
                out.printf(
                    "%naccuracy   not told: %s and the answers are no labels, as there are too many%n",
                    gold));
  }

  private <T> T earlier(
      SparkSession spark, StructType schema, Function<Dataset<Row>, T> read, T none) {
    if (!sink.mode().equals("append") || !sink.exists(spark)) {
      return none;
    }
    try {
      return read.apply(sink.readBack(spark, schema));
    } catch (Exception e) {
      throw new UsageException(
          "Option --output is '"
              + sink.name()
              + "', which cannot be appended to: "
              + Failures.firstLine(e),
          e);
    }
  }

  private Dataset<Row> prepared(Dataset<Row> all) {
    Dataset<Row> rows = columns.isEmpty() ? all : all.select(needed(all));
    return limit == null ? rows : rows.limit(limit);
  }

  private Dataset<Row> spread(Dataset<Row> rows) {
    if (repartition != null) {
      return rows.repartition(repartition);
    }
    // Spark's limit leaves one partition, which one executor alone would work on. Where answers are
    // shared, rows are spread anyway.
    return limit != null && limit >= SPREAD_FROM && !options.sharesAnswers()
        ? rows.repartition(rows.sparkSession().sparkContext().defaultParallelism())
        : rows;
  }

  /** The columns to keep and those that the prompt needs, and no others: rows stay small. */
  private Column[] needed(Dataset<Row> all) {
    List<String> there = List.of(all.columns());
    for (String column : columns) {
      if (there.stream().noneMatch(column::equalsIgnoreCase)) {
        throw new UsageException(
            "Option --columns names "
                + column
                + ", which the input does not have; its columns: "
                + String.join(", ", there));
      }
    }
    Set<String> wanted = new LinkedHashSet<>();
    for (String column : columns) {
      if (!wanted.add(column.toLowerCase(Locale.ROOT))) {
        throw new UsageException(
            "Option --columns names " + column + " twice; allowed: each column once");
      }
    }
    for (String column : Llm.of(options).inputColumns()) {
      if (there.stream().noneMatch(column::equalsIgnoreCase)) {
        // Told by the library, which then lists all the columns there are.
        return new Column[] {col("*")};
      }
      wanted.add(column.toLowerCase(Locale.ROOT));
    }
    return there.stream()
        .filter(c -> wanted.contains(c.toLowerCase(Locale.ROOT)))
        .map(RunJob::column)
        .toArray(Column[]::new);
  }

  private Dataset<Row> answered(Llm llm, Dataset<Row> input, RunMonitor monitor) {
    Dataset<Row> all;
    try {
      all = llm.transformUpToCap(input, monitor);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
    if (columns.isEmpty()) {
      return all;
    }
    Stream<String> appended = Stream.of(all.columns()).skip(input.columns().length);
    return all.select(
        Stream.concat(columns.stream(), appended).map(RunJob::column).toArray(Column[]::new));
  }

  private static Column column(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }

  private int judge(Summary summary) {
    if (summary.capped().count() > 0) {
      System.err.printf(
          Locale.ROOT,
          "%n%s.%nThe output is written; %,d rows were not asked.%n",
          summary.capped().example().replaceFirst("^Not asked\\. ", ""),
          summary.capped().count());
      return ExitCode.TOO_MANY_ERRORS;
    }
    if (summary.failed() <= maxErrorRatio * summary.rows()) {
      return ExitCode.OK;
    }
    System.err.printf(
        Locale.ROOT,
        "%nToo many rows failed: %,d of %,d, more than --max-error-ratio %s allows. The output is"
            + " written; the error column tells why.%n",
        summary.failed(),
        summary.rows(),
        maxErrorRatio);
    return ExitCode.TOO_MANY_ERRORS;
  }
}

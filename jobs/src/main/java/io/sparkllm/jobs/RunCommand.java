package io.sparkllm.jobs;

import static org.apache.spark.sql.functions.col;

import io.sparkllm.CallCounts;
import io.sparkllm.Llm;
import io.sparkllm.LlmOptions;
import io.sparkllm.RunMonitor;
import io.sparkllm.config.Options;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run}: reads, calls, writes, sums up. */
@Command(
    name = "run",
    description = "Reads a table, asks the model about every row, writes a table with the answers.",
    sortOptions = false)
final class RunCommand implements Callable<Integer> {
  private static final double DEFAULT_MAX_ERROR_RATIO = 0.1;

  /** Below this many rows one partition is as good as several. */
  private static final int SPREAD_FROM = 1000;

  @Spec private CommandSpec spec;
  @Mixin private SourceFlags source;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "<path or table>",
      description = "Where to write, as --input.")
  private String output;

  @Option(
      names = "--save-mode",
      paramLabel = "<mode>",
      defaultValue = "error",
      description =
          "What if the output exists: error, overwrite, append or ignore. Default:"
              + " ${DEFAULT-VALUE}.")
  private String saveMode;

  @Option(
      names = "--write-option",
      paramLabel = "<key=value>",
      description = "Option of Spark's writer; may be repeated.")
  private final Map<String, String> writeOptions = new LinkedHashMap<>();

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "<name>",
      description = "Input columns to keep in the output, separated by commas. Default: all.")
  private final List<String> columns = List.of();

  @Option(
      names = "--limit",
      paramLabel = "<rows>",
      description = "Takes only so many rows of the input.")
  private Integer limit;

  @Option(
      names = "--repartition",
      paramLabel = "<partitions>",
      description =
          "Spreads the rows over so many partitions first, for an input with few of them.")
  private Integer repartition;

  @Option(
      names = "--show",
      paramLabel = "<rows>",
      defaultValue = "0",
      description = "Prints so many rows of the output at the end.")
  private int show;

  @Override
  public Integer call() {
    LlmOptions given = OptionFlags.read(spec.commandLine().getParseResult());
    Double ratio = given.isSet(Options.MAX_ERROR_RATIO) ? given.get(Options.MAX_ERROR_RATIO) : null;
    // The budget is judged from the written output below, so that what was paid for is kept.
    LlmOptions options = given.with(Options.MAX_ERROR_RATIO, null);
    requirePositive("--limit", limit);
    requirePositive("--repartition", repartition);
    Sink sink = new Sink(output, source.format(), writeOptions, mode());
    try (Sessions session = Sessions.open()) {
      return run(
          session.spark(), Llm.of(options), sink, ratio == null ? DEFAULT_MAX_ERROR_RATIO : ratio);
    }
  }

  private int run(SparkSession spark, Llm llm, Sink sink, double maxErrorRatio) {
    PrintStream out = System.out;
    long start = System.nanoTime();
    Source from = source.source();
    Dataset<Row> input = prepared(from.read(spark), llm.options());
    try (RunMonitor monitor = new RunMonitor()) {
      Dataset<Row> answered = answered(llm, input, monitor);
      if (sink.prepare(spark, source.input())) {
        out.printf("The output %s exists; nothing was done (--save-mode ignore)%n", output);
        return ExitCode.OK;
      }
      Summary before = earlier(spark, sink, llm.options());
      write(answered, sink, monitor, from.isCounted(spark) ? input.count() : -1);
      Dataset<Row> written = sink.readBack(spark);
      if (show > 0) {
        written.show(show, 60);
      }
      Summary summary = Summary.of(written, llm.options()).since(before);
      CallCounts counts = monitor.counts();
      summary.print(
          out,
          output,
          counts.promptTokens() + counts.completionTokens(),
          Duration.ofNanos(System.nanoTime() - start));
      return judge(summary, maxErrorRatio);
    }
  }

  private static void write(Dataset<Row> answered, Sink sink, RunMonitor monitor, long total) {
    Thread interrupted =
        new Thread(
            () ->
                System.err.printf(
                    "%nStopped before the end: the output is not written. The same command starts"
                        + " again.%n"));
    Runtime.getRuntime().addShutdownHook(interrupted);
    try (Progress progress = new Progress(monitor, total)) {
      sink.write(answered);
      progress.finish();
    } finally {
      forget(interrupted);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is going down, and the hook is what tells so.
    }
  }

  private static Summary earlier(SparkSession spark, Sink sink, LlmOptions options) {
    if (sink.mode() != SaveMode.Append || !sink.exists(spark)) {
      return Summary.EMPTY;
    }
    try {
      return Summary.of(sink.readBack(spark), options);
    } catch (Exception e) {
      throw new UsageException(
          "Option --output is '"
              + sink.name()
              + "', which cannot be appended to: "
              + Failures.firstLine(e),
          e);
    }
  }

  private Dataset<Row> prepared(Dataset<Row> all, LlmOptions options) {
    Dataset<Row> rows = columns.isEmpty() ? all : all.select(needed(all, options));
    if (limit != null) {
      rows = rows.limit(limit);
    }
    if (repartition != null) {
      return rows.repartition(repartition);
    }
    // Spark's limit leaves one partition, which one executor alone would work on.
    return limit != null && limit >= SPREAD_FROM
        ? rows.repartition(rows.sparkSession().sparkContext().defaultParallelism())
        : rows;
  }

  /** The columns to keep and those that the prompt needs, and no others: rows stay small. */
  private Column[] needed(Dataset<Row> all, LlmOptions options) {
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
    Stream.concat(columns.stream(), Llm.of(options).inputColumns().stream())
        .map(c -> c.toLowerCase(Locale.ROOT))
        .forEach(wanted::add);
    return there.stream()
        .filter(c -> wanted.contains(c.toLowerCase(Locale.ROOT)))
        .map(RunCommand::column)
        .toArray(Column[]::new);
  }

  private Dataset<Row> answered(Llm llm, Dataset<Row> input, RunMonitor monitor) {
    Dataset<Row> all;
    try {
      all = llm.transform(input, monitor);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
    if (columns.isEmpty()) {
      return all;
    }
    Stream<String> appended = Stream.of(all.columns()).skip(input.columns().length);
    return all.select(
        Stream.concat(columns.stream(), appended).map(RunCommand::column).toArray(Column[]::new));
  }

  private static Column column(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }

  private static int judge(Summary summary, double maxErrorRatio) {
    if (summary.failed() <= maxErrorRatio * summary.rows()) {
      return ExitCode.OK;
    }
    System.err.printf(
        "%nToo many rows failed: %,d of %,d, more than --max-error-ratio %s allows. The output is"
            + " written; the error column tells why.%n",
        summary.failed(), summary.rows(), maxErrorRatio);
    return ExitCode.TOO_MANY_ERRORS;
  }

  private SaveMode mode() {
    return switch (saveMode.toLowerCase(Locale.ROOT)) {
      case "error" -> SaveMode.ErrorIfExists;
      case "overwrite" -> SaveMode.Overwrite;
      case "append" -> SaveMode.Append;
      case "ignore" -> SaveMode.Ignore;
      default ->
          throw new UsageException(
              "Option --save-mode is '"
                  + saveMode
                  + "'; allowed: error, overwrite, append, ignore");
    };
  }

  private static void requirePositive(String flag, Integer value) {
    if (value != null && value < 1) {
      throw new UsageException("Option " + flag + " is " + value + "; allowed: numbers from 1");
    }
  }
}

package io.sparkllm.jobs;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code run}: reads, calls, writes, sums up. No Spark type stands in a signature here, as {@code
 * serve} works without Spark and picocli looks at all commands.
 */
@Command(
    name = "run",
    description = "Reads a table, asks the model about every row, writes a table with the answers.",
    sortOptions = false)
final class RunCommand implements Callable<Integer> {
  private static final double DEFAULT_MAX_ERROR_RATIO = 0.1;

  /** Where a run's default is not the library's. */
  static final Map<io.sparkllm.config.Option<?>, String> DEFAULTS =
      Map.of(Options.MAX_ERROR_RATIO, String.valueOf(DEFAULT_MAX_ERROR_RATIO));

  @Spec private CommandSpec spec;
  @Mixin private SourceFlags source;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "<path or table>",
      description =
          "Where to write: a path or a table, told apart as for --input; a new table's name has a"
              + " dot (default.labelled).")
  private String output;

  @Option(
      names = "--output-format",
      paramLabel = "<format>",
      description =
          "Format of the output. Default: as --format, or parquet where that cannot hold the error"
              + " column (csv, text); for a table Spark's own.")
  private String outputFormat;

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
    requirePositive("--limit", limit);
    requireHoldsStructs();
    requirePositive("--repartition", repartition);
    RunJob job =
        new RunJob(
            source.source(),
            new Sink(output, outputFormat, source.format(), writeOptions, mode()),
            // The budget is judged from the written output, so that what was paid for is kept.
            given.with(Options.MAX_ERROR_RATIO, null),
            given.isSet(Options.MAX_ERROR_RATIO)
                ? given.get(Options.MAX_ERROR_RATIO)
                : DEFAULT_MAX_ERROR_RATIO,
            columns.stream().map(String::trim).toList(),
            limit,
            repartition,
            show);
    try (Sessions session = Sessions.open()) {
      return job.run(session.spark());
    }
  }

  private void requireHoldsStructs() {
    if (outputFormat != null && !Sink.holdsStructs(outputFormat)) {
      throw new UsageException(
          "Option --output-format is '"
              + outputFormat
              + "', which cannot hold the error column, a struct; allowed: parquet, orc, json,"
              + " avro, delta and others that can");
    }
  }

  private String mode() {
    return switch (saveMode.toLowerCase(Locale.ROOT)) {
      case "error", "overwrite", "append", "ignore" -> saveMode.toLowerCase(Locale.ROOT);
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

package io.sparkllm.jobs;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The flags that name the output, and what of the input goes there. */
final class OutputFlags {
  static final double DEFAULT_MAX_ERROR_RATIO = 0.1;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--output",
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

  @Option(
      names = "--gold-col",
      paramLabel = "<name>",
      description =
          "Input column with the right label: prints how many answers agree with it, by label.")
  private String gold;

  /** Whether there is an output to write. */
  boolean isGiven() {
    return output != null;
  }

  /** The run that writes it. */
  RunJob job(Source source, String inputFormat, LlmOptions given, BatchStep batch) {
    if (output == null) {
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '--output=<path or table>'");
    }
    requirePositive("--limit", limit);
    requireHoldsStructs();
    requirePositive("--repartition", repartition);
    return new RunJob(
        source,
        new Sink(output, outputFormat, inputFormat, writeOptions, mode()),
        // The budget is judged from the written output, so that what was paid for is kept.
        given.with(Options.MAX_ERROR_RATIO, null),
        given.isSet(Options.MAX_ERROR_RATIO)
            ? given.get(Options.MAX_ERROR_RATIO)
            : DEFAULT_MAX_ERROR_RATIO,
        columns.stream().map(String::trim).toList(),
        limit,
        repartition,
        show,
        gold,
        batch);
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

  static void requirePositive(String flag, Integer value) {
    if (value != null && value < 1) {
      throw new UsageException("Option " + flag + " is " + value + "; allowed: numbers from 1");
    }
  }
}

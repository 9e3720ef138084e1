package io.sparkllm.jobs;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The flags that name the input. */
final class SourceFlags {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--input",
      paramLabel = "<path or table>",
      description = "What to read: a path (a name with a slash, or a file's ending) or a table.")
  private String input;

  @Option(
      names = "--format",
      paramLabel = "<format>",
      defaultValue = "parquet",
      description = "Any Spark source: parquet, orc, json, csv, delta … Default: ${DEFAULT-VALUE}.")
  private String format;

  @Option(
      names = "--read-option",
      paramLabel = "<key=value>",
      description = "Option of Spark's reader, such as header=true for csv; may be repeated.")
  private final Map<String, String> readOptions = new LinkedHashMap<>();

  String input() {
    return input;
  }

  String format() {
    return format;
  }

  /** Whether there is an input to read. */
  boolean isGiven() {
    return input != null;
  }

  Source source() {
    if (input == null) {
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '--input=<path or table>'");
    }
    return new Source(input, format, readOptions);
  }
}

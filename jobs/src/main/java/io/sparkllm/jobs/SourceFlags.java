package io.sparkllm.jobs;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The flags that name the input. */
final class SourceFlags {
  @Option(
      names = "--input",
      required = true,
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

  Source source() {
    return new Source(input, format, readOptions);
  }
}

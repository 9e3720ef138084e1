package io.sparkllm.jobs;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Mode;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
  /** Where a run's default is not the library's. */
  static final Map<io.sparkllm.config.Option<?>, String> DEFAULTS =
      Map.of(Options.MAX_ERROR_RATIO, String.valueOf(OutputFlags.DEFAULT_MAX_ERROR_RATIO));

  @Spec private CommandSpec spec;
  @Mixin private SourceFlags source;
  @Mixin private OutputFlags output;

  @Override
  public Integer call() {
    LlmOptions given = OptionFlags.read(spec.commandLine().getParseResult());
    BatchStep batch = given.get(Options.MODE) == Mode.BATCH ? BatchStep.RUN : BatchStep.NONE;
    RunJob job = output.job(source.source(), source.format(), given, batch);
    try (Sessions session = Sessions.open()) {
      return job.run(session.spark());
    }
  }
}

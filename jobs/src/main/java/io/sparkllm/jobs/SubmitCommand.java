package io.sparkllm.jobs;

import io.sparkllm.BatchReport;
import io.sparkllm.Llm;
import io.sparkllm.LlmOptions;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code submit}: sends the rows of a table to the Batch API and does not wait. */
@Command(
    name = "submit",
    description = "Sends the rows of a table to the Batch API and does not wait for the answers.",
    sortOptions = false)
final class SubmitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SourceFlags source;

  @Option(
      names = "--limit",
      paramLabel = "<rows>",
      description = "Takes only so many rows of the input.")
  private Integer limit;

  @Override
  public Integer call() {
    LlmOptions given = BatchCommand.options(spec);
    OutputFlags.requirePositive("--limit", limit);
    Source input = source.source();
    try (Sessions session = Sessions.open()) {
      BatchReport report = BatchStep.submit(Llm.of(given), input, limit, session);
      BatchTable.print(System.out, report, Instant.now());
      return ExitCode.OK;
    }
  }
}

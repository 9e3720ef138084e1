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

/** {@code collect}: keeps the results of batches that have ended. */
@Command(
    name = "collect",
    description =
        "Keeps the results of batches that have ended, and submits what goes again. With --input, --output and the options of the submission it writes the answers.",
    sortOptions = false)
final class CollectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SourceFlags source;
  @Mixin private OutputFlags output;

  @Option(names = "--wait", description = "Waits until all batches have ended.")
  private boolean wait;

  @Override
  public Integer call() {
    LlmOptions given = BatchCommand.options(spec);
    BatchStep step = wait ? BatchStep.AWAIT : BatchStep.COLLECT;
    if (source.isGiven() || output.isGiven()) {
      RunJob job = output.job(source.source(), source.format(), given, step);
      try (Sessions session = Sessions.open()) {
        return job.run(session.spark());
      }
    }
    try (Sessions session = Sessions.open()) {
      BatchReport report = step.carryOut(Llm.of(given), session.spark());
      if (!report.isDone()) {
        return BatchTable.notEnded(report);
      }
      BatchTable.print(System.out, report, Instant.now());
      return ExitCode.OK;
    }
  }
}

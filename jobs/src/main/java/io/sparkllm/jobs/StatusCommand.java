package io.sparkllm.jobs;

import io.sparkllm.BatchReport;
import io.sparkllm.Llm;
import io.sparkllm.LlmOptions;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code status}: tells how the batches of a checkpoint stand. */
@Command(
    name = "status",
    description = "Tells how the batches of a checkpoint stand; changes nothing.",
    sortOptions = false)
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    LlmOptions given = BatchCommand.options(spec);
    try (Sessions session = Sessions.open()) {
      BatchReport report = BatchStep.telling(Llm.of(given), batch -> batch.status(session.spark()));
      BatchTable.print(System.out, report, Instant.now());
      return ExitCode.OK;
    }
  }
}

package io.sparkllm.jobs;

import io.sparkllm.BatchReport;
import io.sparkllm.Llm;
import io.sparkllm.LlmOptions;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code cancel}: gives the batches of a checkpoint up. */
@Command(
    name = "cancel",
    description =
        "Gives the batches of a checkpoint up; what they answered by then can be collected.",
    sortOptions = false)
final class CancelCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    LlmOptions given = BatchCommand.options(spec);
    try (Sessions session = Sessions.open()) {
      BatchReport report = BatchStep.telling(Llm.of(given), batch -> batch.cancel(session.spark()));
      BatchTable.print(System.out, report, Instant.now());
      return ExitCode.OK;
    }
  }
}

package io.sparkllm.jobs;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Mode;
import picocli.CommandLine.Model.CommandSpec;

/** What the commands about batches have in common. */
final class BatchCommand {
  private BatchCommand() {}

  /** The options that were given, a checkpoint among them. */
  static LlmOptions options(CommandSpec spec) {
    LlmOptions given = OptionFlags.read(spec.commandLine().getParseResult());
    if (given.checkpoint() == null) {
      throw noCheckpoint();
    }
    return given.with(Options.MODE, Mode.BATCH);
  }

  static UsageException noCheckpoint() {
    return new UsageException(
        "Option --checkpoint is not set; name the directory that keeps what is submitted and"
            + " answered");
  }
}

package io.sparkllm.jobs;

import io.sparkllm.Llm;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code preview}: the exact requests of the first rows, without sending them. */
@Command(
    name = "preview",
    description = "Prints the requests of the first rows; calls nothing and needs no key.",
    sortOptions = false)
final class PreviewCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SourceFlags source;

  @Option(
      names = "--rows",
      paramLabel = "<rows>",
      defaultValue = "3",
      description = "How many rows. Default: ${DEFAULT-VALUE}.")
  private int rows;

  @Override
  public Integer call() {
    Llm llm = Llm.of(OptionFlags.read(spec.commandLine().getParseResult()));
    try (Sessions session = Sessions.open()) {
      for (String request : llm.preview(source.source().read(session.spark()), rows)) {
        System.out.println(request);
        System.out.println();
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
    return ExitCode.OK;
  }
}

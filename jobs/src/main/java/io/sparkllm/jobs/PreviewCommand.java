package io.sparkllm.jobs;

import io.sparkllm.Llm;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import java.util.List;
import java.util.Locale;
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
    if (rows < 1) {
      throw new UsageException("Option --rows is " + rows + "; allowed: numbers from 1");
    }
    Llm llm = Llm.of(OptionFlags.read(spec.commandLine().getParseResult()));
    try (Sessions session = Sessions.open()) {
      List<String> requests = llm.preview(source.source().read(session.spark()), rows);
      if (requests.isEmpty()) {
        System.err.println("The input " + source.input() + " has no rows");
      }
      if (!requests.isEmpty() && llm.options().batchSize() > 1) {
        System.out.println(many(llm.options()));
        System.out.println();
      }
      for (String request : requests) {
        System.out.println(request);
        System.out.println();
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
    return ExitCode.OK;
  }

  /** How the requests below go together, as each is printed alone. */
  private static String many(LlmOptions options) {
    return String.format(
        Locale.ROOT,
        "Each row as it is asked alone; a call carries up to %,d rows in one %s",
        options.batchSize(),
        switch (options.get(Options.MODE)) {
          case ARRAY -> "array of requests";
          case PACKED -> "prompt";
          case REALTIME, BATCH -> "array of inputs";
        });
  }
}

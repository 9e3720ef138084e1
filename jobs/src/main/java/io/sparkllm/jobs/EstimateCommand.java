package io.sparkllm.jobs;

import io.sparkllm.Assumptions;
import io.sparkllm.Estimate;
import io.sparkllm.Llm;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code estimate}: what a run would take, without a call. */
@Command(
    name = "estimate",
    description = "Tells what a run would take: requests, tokens, cost, time. Calls nothing.",
    sortOptions = false)
final class EstimateCommand implements Callable<Integer> {
  private static final double MILLIS = 1000;

  @Spec private CommandSpec spec;
  @Mixin private SourceFlags source;

  @Option(
      names = "--limit",
      paramLabel = "<rows>",
      description = "Takes only so many rows of the input.")
  private Integer limit;

  @Option(
      names = "--sample",
      paramLabel = "<ratio>",
      defaultValue = "1",
      description = "Looks at this part of the rows alone. Default: ${DEFAULT-VALUE}, all.")
  private double sample;

  @Option(
      names = "--answer-tokens",
      paramLabel = "<tokens>",
      description = "Tokens of an answer. Default: --max-tokens, or 256 where it is not set.")
  private Long answerTokens;

  @Option(
      names = "--latency",
      paramLabel = "<seconds>",
      defaultValue = "2",
      description = "How long a call takes. Default: ${DEFAULT-VALUE}.")
  private double latency;

  @Override
  public Integer call() {
    OutputFlags.requirePositive("--limit", limit);
    Llm llm = Llm.of(OptionFlags.read(spec.commandLine().getParseResult()));
    Source input = source.source();
    try (Sessions session = Sessions.open()) {
      Estimate estimate =
          input.estimate(
              session.spark(),
              llm,
              limit,
              new Assumptions(
                  sample,
                  answerTokens,
                  Duration.ofMillis(Math.round(latency * MILLIS)),
                  Tokenizer.of(llm.options().model())));
      EstimateTable.print(System.out, estimate);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
    return ExitCode.OK;
  }
}

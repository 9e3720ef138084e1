package io.sparkllm.jobs;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The application for {@code spark-submit}: {@code run}, {@code preview} and {@code estimate};
 * {@code submit}, {@code status}, {@code collect} and {@code cancel} for batches; {@code ledger}
 * and {@code serve}. Exit codes: 0 done; 2 bad usage, nothing was called; 3 more rows failed than
 * {@code --max-error-ratio} allows, or a cap kept rows from being asked, the output is written; 4
 * batches have not ended; 1 anything else.
 */
@Command(
    name = "LlmJob",
    description = "LLM calls over the rows of a table: one answer or one error for every row.",
    synopsisSubcommandLabel =
        "(run | preview | estimate | submit | status | collect | cancel | ledger | serve)")
public final class LlmJob {
  /** Made by picocli. */
  LlmJob() {}

  /**
   * Runs a command and ends the process with its exit code. Inside a session of somebody else's (a
   * Databricks job) the process goes on, and a failure is an exception.
   *
   * @param args the command and its flags
   */
  public static void main(String[] args) {
    int code = execute(args);
    if (code == ExitCode.OK) {
      return;
    }
    if (Sessions.isShared()) {
      throw new IllegalStateException("LlmJob ended with exit code " + code);
    }
    System.exit(code);
  }

  /**
   * Runs a command.
   *
   * @param args the command and its flags
   * @return the exit code
   */
  public static int execute(String... args) {
    CommandLine commands = new CommandLine(new LlmJob());
    for (Object command :
        new Object[] {
          new RunCommand(),
          new PreviewCommand(),
          new EstimateCommand(),
          new SubmitCommand(),
          new StatusCommand(),
          new CollectCommand(),
          new CancelCommand()
        }) {
      CommandLine sub = new CommandLine(command);
      boolean judges = command instanceof RunCommand || command instanceof CollectCommand;
      OptionFlags.addTo(sub.getCommandSpec(), judges ? RunCommand.DEFAULTS : Map.of());
      // All options in one synopsis are a page that nobody reads.
      sub.getCommandSpec().usageMessage().abbreviateSynopsis(true);
      commands.addSubcommand(sub);
    }
    commands.addSubcommand(LedgerCommand.line());
    commands.addSubcommand(new ServeCommand());
    String version = LlmJob.class.getPackage().getImplementationVersion();
    for (CommandLine command : allOf(commands)) {
      command.getCommandSpec().mixinStandardHelpOptions(true).version("spark-llm-batch " + version);
    }
    commands.setParameterExceptionHandler((e, given) -> tell(e));
    commands.setExecutionExceptionHandler((e, c, parsed) -> tell(e, c.getErr()));
    commands.setUsageHelpAutoWidth(true);
    if (args.length == 0) {
      commands.usage(commands.getErr());
      return ExitCode.USAGE;
    }
    return commands.execute(args);
  }

  private static List<CommandLine> allOf(CommandLine commands) {
    return Stream.concat(
            Stream.of(commands),
            commands.getSubcommands().values().stream().flatMap(sub -> allOf(sub).stream()))
        .toList();
  }

  /** The whole help page would push the message out of sight. */
  private static int tell(ParameterException e) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("Error: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'");
    return ExitCode.USAGE;
  }

  private static int tell(Exception e, PrintWriter err) {
    if (e instanceof StoppedException) {
      // The user knows, and was told what became of the output.
      return ExitCode.FAILED;
    }
    if (e instanceof UsageException) {
      err.println("Error: " + e.getMessage());
      return ExitCode.USAGE;
    }
    String fatal = Failures.fatalMessage(e);
    if (fatal != null) {
      err.println("Error: " + fatal);
    } else {
      err.println("Error: " + Failures.firstLine(e));
      if (!Failures.isExplained(e)) {
        e.printStackTrace(err);
      }
    }
    return ExitCode.FAILED;
  }
}

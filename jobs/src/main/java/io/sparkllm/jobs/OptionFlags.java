package io.sparkllm.jobs;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** One flag for each option of the library, made from its declaration. */
final class OptionFlags {
  /** Flags whose values would stand in the process list and Spark's event log. */
  private static final List<Option<?>> REFUSED = List.of(Options.API_KEY);

  private static final String SEEN = "stands in the process list and in Spark's event log";

  private OptionFlags() {}

  /** Adds the flags to a command, which may have defaults of its own. */
  static void addTo(CommandSpec command, Map<Option<?>, String> defaults) {
    ArgGroupSpec.Builder group =
        ArgGroupSpec.builder().heading("%nOptions of the calls:%n").validate(false);
    for (Option<?> option : Options.all()) {
      group.addArg(
          OptionSpec.builder(flag(option))
              .type(String.class)
              .paramLabel(
                  "<" + option.type().javaType().getSimpleName().toLowerCase(Locale.ROOT) + ">")
              .description(description(option, defaults.getOrDefault(option, option.defaultText())))
              .hidden(REFUSED.contains(option))
              .build());
    }
    command.addArgGroup(group.build());
  }

  private static String flag(Option<?> option) {
    return "--" + option.kebabName();
  }

  private static String description(Option<?> option, String defaultText) {
    StringBuilder text = new StringBuilder(option.doc());
    if (!option.type().allowed().equals("a text")) {
      text.append(". Allowed: ").append(option.type().allowed());
    }
    if (option.defaultValue() != null) {
      text.append(". Default: ").append(defaultText);
    }
    return text.toString().replace("%", "%%");
  }

  /** The options that were given. */
  static LlmOptions read(ParseResult given) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Option<?> option : Options.all()) {
      String value = given.matchedOptionValue(flag(option), null);
      if (value == null) {
        continue;
      }
      if (REFUSED.contains(option)) {
        throw new UsageException(
            "Option "
                + flag(option)
                + " is refused: a key on a command line "
                + SEEN
                + "; put it into the environment variable OPENAI_API_KEY (or another, named"
                + " by --api-key-env) or into a file named by --api-key-file");
      }
      texts.put(option.name(), value);
    }
    try {
      LlmOptions options = LlmOptions.of(texts);
      if (Endpoint.hasKeyHeader(options)) {
        throw new UsageException(
            "Option --headers is refused with a key in it: a key on a command line "
                + SEEN
                + "; give it by --api-key-env or --api-key-file, with --auth-header bearer or"
                + " api-key");
      }
      return options;
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }
}

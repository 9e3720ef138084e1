package io.sparkllm.ml;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import io.sparkllm.config.Secret;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.ml.param.Params;

/** What stages share: each option is a Param of theirs. */
final class OptionParams {
  private OptionParams() {}

  /** A random uid, as Spark's own stages have. */
  static String uid(Class<?> stage) {
    return stage.getSimpleName()
        + "_"
        + UUID.randomUUID().toString().replace("-", "").substring(20);
  }

  static List<OptionParam> of(String uid) {
    return Options.all().stream().map(option -> new OptionParam(uid, option)).toList();
  }

  static void setDefaults(Params stage) {
    all(stage)
        .filter(param -> param.option().defaultValue() != null)
        .forEach(param -> stage.setDefault(param, param.option().defaultText()));
  }

  /** Sets what was given, the key included. */
  static void set(Params stage, LlmOptions options) {
    all(stage)
        .filter(param -> options.isGiven(param.option()))
        .forEach(param -> stage.set(param, options.get(param.option())));
  }

  /** Sets one option, named in any spelling. */
  static void set(Params stage, String name, Object value) {
    stage.set(Options.named(name).name(), value);
  }

  /**
   * The options that the Params stand for, the key included.
   *
   * @throws IllegalArgumentException where a key or headers are missing because they are not saved,
   *     and where a key was sent over Spark Connect
   */
  static LlmOptions read(Params stage) {
    LlmOptions options = LlmOptions.defaults();
    for (OptionParam param : all(stage).toList()) {
      // A saved default may be an older version's, and then holds as it did there.
      if (stage.isSet(param) || !param.option().defaultText().equals(defaultOf(stage, param))) {
        options = options.with(param.option(), value(stage, param));
      }
    }
    if (ConnectServer.isCalling()) {
      refuseRecordedKeys(options);
    }
    return options;
  }

  private static Stream<OptionParam> all(Params stage) {
    return Stream.of(stage.params())
        .filter(OptionParam.class::isInstance)
        .map(OptionParam.class::cast);
  }

  private static Object defaultOf(Params stage, OptionParam param) {
    return stage.hasDefault(param) ? stage.getDefault(param).get() : param.option().defaultText();
  }

  private static Object value(Params stage, OptionParam param) {
    Object value = stage.getOrDefault(param);
    if (OptionParam.NOT_SAVED.equals(value)) {
      return missing(stage, param.option());
    }
    return param.option() != Options.API_KEY && value instanceof Secret secret
        ? secret.reveal()
        : value;
  }

  /** Another source of the key makes up for the one that was not saved; null then. */
  private static Object missing(Params stage, Option<?> option) {
    if (option == Options.API_KEY
        && Stream.of(Options.API_KEY_ENV, Options.API_KEY_FILE)
            .anyMatch(source -> stage.isSet(stage.getParam(source.name())))) {
      return null;
    }
    throw new IllegalArgumentException(
        "Option "
            + option.name()
            + " was set when this stage was saved, and is never saved, as it may hold a key; set it"
            + " again after loading"
            + (option == Options.API_KEY ? ", or set apiKeyEnv or apiKeyFile" : ", {} for none"));
  }

  private static void refuseRecordedKeys(LlmOptions options) {
    if (options.isSet(Options.API_KEY) || Endpoint.hasKeyHeader(options)) {
      throw new IllegalArgumentException(
          "Option "
              + (options.isSet(Options.API_KEY) ? "apiKey" : "headers")
              + " holds a key, which Spark Connect would record with the plan; keep it on the server,"
              + " in an environment variable (apiKeyEnv) or a file (apiKeyFile)");
    }
  }
}

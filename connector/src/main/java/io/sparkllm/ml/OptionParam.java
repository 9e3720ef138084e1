package io.sparkllm.ml;

import io.sparkllm.config.Json;
import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import io.sparkllm.config.Secret;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamPair;

/**
 * An option as a Param of Spark ML. Its value is the option's text, which every surface can carry
 * (py4j, Connect, the JSON of a saved pipeline); the value of a sensitive option is a {@link
 * Secret}, so that {@code explainParams} and a printed ParamMap cannot show it. Immutable.
 */
final class OptionParam extends Param<Object> {
  private static final long serialVersionUID = 1L;

  /** What a saved pipeline holds instead of a sensitive value. */
  static final String NOT_SAVED = "<not saved>";

  OptionParam(String parent, Option<?> option) {
    super(parent, option.name(), option.doc() + " (" + option.type().allowed() + ")");
  }

  Option<?> option() {
    return Options.named(name());
  }

  /**
   * Every way to set a value ends here: {@code set}, {@code w}, a ParamMap, a loaded pipeline.
   *
   * @throws IllegalArgumentException naming the option, the value and what is allowed
   */
  @Override
  public ParamPair<Object> $minus$greater(Object value) {
    return new ParamPair<>(this, checked(value));
  }

  private Object checked(Object value) {
    Option<?> option = option();
    if (!option.isSensitive()) {
      return option.format(option.parse(value));
    }
    if (NOT_SAVED.equals(value)) {
      return NOT_SAVED;
    }
    Object raw = value instanceof Secret secret ? secret.reveal() : value;
    Object parsed = option.parse(raw);
    return parsed instanceof Secret ? parsed : Secret.of(option.format(parsed));
  }

  /** Sensitive values never get into a file, whoever writes it. */
  @Override
  public String jsonEncode(Object value) {
    return Json.write(option().isSensitive() ? NOT_SAVED : value);
  }
}

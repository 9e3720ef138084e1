package io.sparkllm;

import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Api;
import io.sparkllm.config.Options.Mode;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.schema.AnswerSchema;
import io.sparkllm.tasks.Presets;
import io.sparkllm.tasks.TaskRules;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a user asks for: an immutable, serializable set of checked option values. {@link Options}
 * declares each option once.
 *
 * <p>{@link #toString} never shows a key, a header's value or a prompt; keys are equal when their
 * hashes are.
 */
public final class LlmOptions implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The value of {@code endpoint} that stands for the built-in endpoint. */
  public static final String LOCAL = "local";

  private final TreeMap<String, Object> values;

  /** What follows from the values, as a task does: defaults that depend on them. */
  private final TreeMap<String, Object> presets;

  private LlmOptions(Map<String, Object> values) {
    this.values = new TreeMap<>(values);
    this.presets = new TreeMap<>(Presets.of(this.values));
  }

  /**
   * No option set.
   *
   * @return options that are all at their defaults
   */
  public static LlmOptions defaults() {
    return new LlmOptions(Map.of());
  }

  /**
   * Reads options from texts, as the command line, SQL and Python give them. Names may be written
   * in camel case, lower case, with hyphens or underscores.
   *
   * @param texts names and values
   * @return the options
   * @throws IllegalArgumentException naming option, value, what is allowed and the nearest name
   */
  public static LlmOptions of(Map<String, String> texts) {
    LlmOptions options = defaults();
    for (Map.Entry<String, String> e : texts.entrySet()) {
      options = options.with(Options.named(e.getKey()), e.getValue());
    }
    return options;
  }

  /**
   * Sets one option.
   *
   * @param option which
   * @param value its value: of its own type, or a text; null takes it back to the default
   * @return new options
   * @throws IllegalArgumentException naming the option, the value and what is allowed
   */
  public LlmOptions with(Option<?> option, Object value) {
    TreeMap<String, Object> copy = new TreeMap<>(values);
    if (value == null) {
      copy.remove(option.name());
    } else {
      copy.put(option.name(), option.parse(value));
    }
    return new LlmOptions(copy);
  }

  /**
   * The value of an option: the one that was set, or what the task stands for, or the default.
   *
   * @param option which
   * @param <T> its type
   * @return null where nothing is set and there is no default
   */
  public <T> T get(Option<T> option) {
    Object value = values.getOrDefault(option.name(), presets.get(option.name()));
    return value == null ? option.defaultValue() : option.type().javaType().cast(value);
  }

  /**
   * Whether there is a value, given by the user or by the task.
   *
   * @param option which
   * @return false where the default holds
   */
  public boolean isSet(Option<?> option) {
    return isGiven(option) || presets.containsKey(option.name());
  }

  /**
   * Whether the user gave a value.
   *
   * @param option which
   * @return false for what the task stands for, and where the default holds
   */
  public boolean isGiven(Option<?> option) {
    return values.containsKey(option.name());
  }

  /**
   * Whether the built-in endpoint is asked for.
   *
   * @return true for {@code endpoint=local}
   */
  public boolean isLocal() {
    return LOCAL.equalsIgnoreCase(get(Options.ENDPOINT));
  }

  /**
   * The model that requests name.
   *
   * @return the model; {@code local} where the local endpoint is used and none is named
   */
  public String model() {
    String model = get(Options.MODEL);
    return model == null && isLocal() ? LOCAL : model;
  }

  /**
   * The directory that keeps the answers.
   *
   * @return null for none
   */
  public String checkpoint() {
    String directory = get(Options.CHECKPOINT).trim();
    return directory.equalsIgnoreCase(Options.NONE) ? null : directory;
  }

  /**
   * Whether equal requests are asked once, as {@code dedupe} or a checkpoint wants it.
   *
   * @return false where each row is asked by itself
   */
  public boolean sharesAnswers() {
    return checkpoint() != null || get(Options.DEDUPE);
  }

  /**
   * The errors in a checkpoint that are asked again.
   *
   * @return an immutable set
   * @throws IllegalArgumentException when {@code retryErrors} names no error type
   */
  public Set<ErrorType> retryErrors() {
    String value = get(Options.RETRY_ERRORS).trim().toLowerCase(Locale.ROOT);
    return switch (value) {
      case "retryable" -> types(ErrorType::isRetryable);
      case "all" -> types(type -> true);
      case "none" -> Set.of();
      default ->
          Stream.of(value.split(","))
              .map(String::trim)
              .map(
                  name ->
                      ErrorType.named(name)
                          .orElseThrow(
                              () ->
                                  new IllegalArgumentException(
                                      "Option retryErrors is '"
                                          + value
                                          + "'; allowed: retryable, all, none, or error types"
                                          + " separated by commas, of "
                                          + names())))
              .collect(Collectors.toUnmodifiableSet());
    };
  }

  private static Set<ErrorType> types(Predicate<ErrorType> which) {
    return Stream.of(ErrorType.values()).filter(which).collect(Collectors.toUnmodifiableSet());
  }

  private static String names() {
    return Stream.of(ErrorType.values()).map(ErrorType::wireName).collect(Collectors.joining(", "));
  }

  /**
   * The schema of typed answers.
   *
   * @return null where answers are of the API's own type
   * @throws IllegalArgumentException when {@code returns} cannot be read or be sent
   */
  public AnswerSchema answerSchema() {
    return isSet(Options.RETURNS) ? AnswerSchema.parse(get(Options.RETURNS)) : null;
  }

  /**
   * The values that were set, without the sensitive ones.
   *
   * @return texts by option name, in the order of the names
   */
  public SortedMap<String, String> texts() {
    TreeMap<String, String> texts = new TreeMap<>();
    values.forEach(
        (name, value) -> {
          Option<?> option = Options.named(name);
          if (!option.isSensitive()) {
            texts.put(name, option.format(value));
          }
        });
    return Collections.unmodifiableSortedMap(texts);
  }

  /**
   * Checks what concerns several options at once.
   *
   * @return these options
   * @throws IllegalArgumentException with all that is wrong, each with its cure
   */
  public LlmOptions validate() {
    List<String> wrong = new ArrayList<>();
    if (model() == null) {
      wrong.add("Option model is not set; name a model, or use endpoint=local to try without one");
    }
    List<Option<?>> prompts = given(Options.PROMPT, Options.TEXT_COL, Options.MESSAGES_COL);
    if (prompts.isEmpty()) {
      wrong.add(
          isSet(Options.TASK)
              ? "Option textCol is not set; set it to the column with the texts"
              : "None of prompt, textCol and messagesCol is set; set prompt to a template such as"
                  + " 'Summarize: {text}'");
    }
    if (prompts.size() > 1) {
      wrong.add("Options " + names(prompts) + " are set; set one of them");
    }
    if (isSet(Options.API_KEY) && isSet(Options.API_KEY_FILE)) {
      wrong.add("Both apiKey and apiKeyFile are set; set one of them");
    }
    if (get(Options.MODE) == Mode.BATCH && checkpoint() == null) {
      wrong.add(
          "Option mode is batch, but checkpoint is not set; name the directory that is to keep what"
              + " was submitted and answered");
    }
    wrong.addAll(TaskRules.wrong(this));
    wrong.addAll(misplaced());
    note(wrong, this::retryErrors);
    note(wrong, this::answerSchema);
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("; also: ", wrong));
    }
    return this;
  }

  private static void note(List<String> wrong, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException e) {
      wrong.add(e.getMessage());
    }
  }

  /** Options that mean nothing beside the API and the mode, and would be passed over in silence. */
  private List<String> misplaced() {
    Api api = get(Options.API);
    Mode mode = get(Options.MODE);
    List<String> wrong = new ArrayList<>();
    if (api.takesInputs()) {
      refuse(
          wrong,
          "has no place in " + text(Options.API) + "; leave it out",
          Options.MESSAGES_COL,
          Options.SYSTEM,
          Options.TEMPERATURE,
          Options.MAX_TOKENS,
          Options.RETURNS,
          Options.SERVICE_TIER);
      if (mode == Mode.ARRAY || mode == Mode.PACKED) {
        wrong.add(
            "Option mode is "
                + Options.MODE.format(mode)
                + ", but "
                + text(Options.API)
                + " takes many inputs in a call by itself; leave mode out");
      }
    }
    if (api != Api.EMBEDDINGS) {
      refuse(
          wrong,
          "is for api=embeddings; leave it out",
          Options.DIMENSIONS,
          Options.MAX_INPUT_TOKENS,
          Options.TRUNCATE);
    }
    if (!isSet(Options.RETURNS)) {
      refuse(
          wrong,
          "is for answers of a schema; set returns, or leave it out",
          Options.SCHEMA_RETRIES);
    }
    if (mode == Mode.BATCH) {
      refuse(
          wrong,
          "is for calls at once, and the Batch API has a price of its own; leave it out",
          Options.SERVICE_TIER);
    }
    if (!Presets.FLEX.equals(get(Options.SERVICE_TIER))) {
      refuse(wrong, "is for serviceTier=flex; leave it out", Options.FLEX_FALLBACK);
    }
    if (mode != Mode.ARRAY) {
      refuse(
          wrong,
          "is for mode=array; leave it out",
          Options.DIALECT,
          Options.ARRAY_PATH,
          Options.ARRAY_FALLBACK);
    }
    if (mode == Mode.PACKED) {
      refuse(wrong, "cannot be packed into one prompt; use prompt", Options.MESSAGES_COL);
    }
    if (isSet(Options.BATCH_SIZE) && get(Options.BATCH_SIZE) > 1 && !carriesMany()) {
      wrong.add(
          "Option batchSize is "
              + get(Options.BATCH_SIZE)
              + ", but with "
              + text(Options.API)
              + " and "
              + text(Options.MODE)
              + " each request is of one row; "
              + (api.takesInputs() ? "" : "set mode to array or packed, or ")
              + "leave batchSize out");
    }
    return wrong;
  }

  /**
   * Whether a call may carry many rows.
   *
   * @return false where each row is asked by itself
   */
  public boolean carriesMany() {
    return switch (get(Options.MODE)) {
      case ARRAY, PACKED -> true;
      case REALTIME -> get(Options.API).takesInputs();
      case BATCH -> false;
    };
  }

  /**
   * Rows of one call at most.
   *
   * @return from 1
   */
  public int batchSize() {
    if (!carriesMany()) {
      return 1;
    }
    return isSet(Options.BATCH_SIZE)
        ? get(Options.BATCH_SIZE)
        : get(Options.API) == Api.EMBEDDINGS ? 2048 : 32;
  }

  private void refuse(List<String> wrong, String why, Option<?>... options) {
    given(options).forEach(option -> wrong.add("Option " + option.name() + " " + why));
  }

  private List<Option<?>> given(Option<?>... options) {
    return Stream.of(options).filter(this::isSet).collect(Collectors.toList());
  }

  private <T> String text(Option<T> option) {
    return option.name() + "=" + option.format(get(option));
  }

  private static String names(List<Option<?>> options) {
    return options.stream().map(Option::name).collect(Collectors.joining(", "));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LlmOptions that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** Names and values, where keys and headers are hidden and prompts are told by length only. */
  @Override
  public String toString() {
    StringJoiner joiner = new StringJoiner(", ", "LlmOptions(", ")");
    values.forEach(
        (name, value) -> {
          Option<?> option = Options.named(name);
          if (option.isSensitive()) {
            joiner.add(name + "=<hidden>");
          } else if (option == Options.PROMPT || option == Options.SYSTEM) {
            joiner.add(name + "=<" + value.toString().length() + " characters>");
          } else {
            joiner.add(name + "=" + option.format(value));
          }
        });
    return joiner.toString();
  }
}

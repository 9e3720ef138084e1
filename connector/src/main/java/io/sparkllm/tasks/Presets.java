package io.sparkllm.tasks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.config.Json;
import io.sparkllm.config.Labels;
import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Api;
import io.sparkllm.config.Options.Task;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Values that follow from the options that are set: what a task stands for, and the times that the
 * flex tier needs. They hold like defaults, so whatever is set wins. Pure.
 */
public final class Presets {
  /** The feelings that {@code task=sentiment} tells. */
  static final List<String> SENTIMENTS = List.of("positive", "negative", "neutral", "mixed");

  /** The one tier that needs more than its name. */
  public static final String FLEX = "flex";

  /** What OpenAI's guide to flex processing advises. */
  private static final Duration FLEX_REQUEST = Duration.ofMinutes(15);

  /** Capacity may be short for longer than one request takes. */
  private static final Duration FLEX_ROW = Duration.ofHours(1);

  private final Map<String, Object> set;
  private final Map<String, Object> presets = new TreeMap<>();

  private Presets(Map<String, Object> set) {
    this.set = set;
  }

  /**
   * Works them out. What is wrong with the options is told elsewhere ({@link TaskRules}); a task
   * that lacks something gives what it can.
   *
   * @param set the values that were set, by option name
   * @return further values by option name
   */
  public static Map<String, Object> of(Map<String, Object> set) {
    Presets all = new Presets(set);
    if (FLEX.equals(all.get(Options.SERVICE_TIER))) {
      all.put(Options.REQUEST_TIMEOUT, FLEX_REQUEST);
      all.put(Options.ROW_TIMEOUT, FLEX_ROW);
    }
    Task task = all.get(Options.TASK);
    if (task != null) {
      all.expand(task);
    }
    return all.presets;
  }

  private void expand(Task task) {
    switch (task) {
      case CLASSIFY -> classify();
      case SENTIMENT -> {
        put(Options.SYSTEM, Instructions.sentiment());
        put(Options.RETURNS, schema("sentiment", SENTIMENTS, false));
      }
      case SUMMARIZE -> put(Options.SYSTEM, Instructions.summarize(get(Options.MAX_WORDS)));
      case TRANSLATE -> {
        String language = get(Options.LANGUAGE);
        if (language != null) {
          put(Options.SYSTEM, Instructions.translate(language));
        }
      }
      case EXTRACT -> put(Options.SYSTEM, Instructions.extract());
      case EMBED -> put(Options.API, Api.EMBEDDINGS);
      case MODERATE -> put(Options.API, Api.MODERATIONS);
    }
  }

  private void classify() {
    String given = get(Options.LABELS);
    Map<String, String> labels;
    try {
      labels = given == null ? Map.of() : Labels.read(given);
    } catch (IllegalArgumentException e) {
      return;
    }
    if (!labels.isEmpty()) {
      boolean many = Boolean.TRUE.equals(get(Options.MULTI_LABEL));
      put(Options.SYSTEM, Instructions.classify(labels, many));
      put(Options.RETURNS, schema(many ? "labels" : "label", labels.keySet(), many));
    }
  }

  private <T> T get(Option<T> option) {
    return option.type().javaType().cast(set.get(option.name()));
  }

  private <T> void put(Option<T> option, T value) {
    presets.put(option.name(), value);
  }

  /** An answer with one field, whose values are known. */
  private static String schema(String field, Collection<String> values, boolean many) {
    ObjectNode schema = Json.MAPPER.createObjectNode().put("type", "object");
    ObjectNode property = schema.putObject("properties").putObject(field);
    ObjectNode one = many ? property.put("type", "array").putObject("items") : property;
    ArrayNode allowed = one.put("type", "string").putArray("enum");
    values.forEach(allowed::add);
    schema.putArray("required").add(field);
    return schema.put("additionalProperties", false).toString();
  }
}

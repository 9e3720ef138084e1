package io.sparkllm.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a checkpoint knows of its batches as a whole. Immutable.
 *
 * @param run an id by which the service's batches are recognised
 * @param options the options of the run by name: those that later commands need, without any key,
 *     prompt or header
 * @param tokenLimit prompt tokens that the service lets be enqueued, as learned; null while it did
 *     not refuse
 * @param cancelled whether the run was given up: what has not ended is not asked again
 */
record RunHeader(String run, Map<String, String> options, Long tokenLimit, boolean cancelled) {
  private static final int VERSION = 1;

  /** Prompts are long and may be secret; the checkpoint is where the manifest lies. */
  private static final Set<Option<?>> LEFT_OUT =
      Set.of(
          Options.PROMPT,
          Options.TEXT_COL,
          Options.SYSTEM,
          Options.MESSAGES_COL,
          Options.PARAMS,
          Options.CHECKPOINT,
          Options.API_KEY_FILE,
          Options.API_KEY_ENV);

  /** What all requests of one checkpoint's live batches share. */
  private static final List<Option<?>> SHARED =
      List.of(Options.ENDPOINT, Options.API_VERSION, Options.API, Options.MODEL);

  RunHeader {
    options = Collections.unmodifiableMap(new TreeMap<>(options));
  }

  static RunHeader of(String run, LlmOptions options) {
    Map<String, String> kept = new TreeMap<>(options.texts());
    LEFT_OUT.forEach(option -> kept.remove(option.name()));
    return new RunHeader(run, kept, null, false);
  }

  /** The options of the run, under those that are given now. */
  LlmOptions under(LlmOptions given) {
    LlmOptions all = given;
    for (Map.Entry<String, String> e : options.entrySet()) {
      Option<?> option = Options.named(e.getKey());
      if (!given.isSet(option)) {
        all = all.with(option, e.getValue());
      }
    }
    return all;
  }

  /** What its requests go to, for messages and to compare. */
  String target() {
    LlmOptions all = LlmOptions.of(options);
    return Stream.concat(
            Stream.of(String.valueOf(all.model())),
            SHARED.stream()
                .filter(option -> option != Options.MODEL && all.isSet(option))
                .map(option -> option.name() + "=" + option.format(all.get(option))))
        .collect(Collectors.joining(", "));
  }

  /** The same run, with the options of a new command. */
  RunHeader with(LlmOptions given) {
    return new RunHeader(run, of(run, given).options, tokenLimit, false);
  }

  /**
   * Prompt tokens that may be enqueued, as configured or learned; {@link Long#MAX_VALUE} if any.
   */
  long tokenLimit(LlmOptions all) {
    Long configured = all.get(Options.BATCH_ENQUEUED_TOKENS);
    return Math.min(
        configured == null ? Long.MAX_VALUE : configured,
        tokenLimit == null ? Long.MAX_VALUE : tokenLimit);
  }

  RunHeader withTokenLimit(long limit) {
    return new RunHeader(run, options, limit, cancelled);
  }

  RunHeader asCancelled() {
    return new RunHeader(run, options, tokenLimit, true);
  }

  ObjectNode json() {
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("version", VERSION)
            .put("run", run)
            .put("token_limit", tokenLimit)
            .put("cancelled", cancelled);
    json.set("options", Json.MAPPER.valueToTree(options));
    return json;
  }

  static RunHeader of(JsonNode json) {
    if (json.path("version").asInt() > VERSION) {
      throw new IllegalArgumentException(
          "it was written by a newer version of the connector; use that version");
    }
    Map<String, String> options = new TreeMap<>();
    json.path("options").properties().forEach(e -> options.put(e.getKey(), e.getValue().asText()));
    return new RunHeader(
        json.path("run").asText(),
        options,
        json.path("token_limit").isNumber() ? json.path("token_limit").asLong() : null,
        json.path("cancelled").asBoolean());
  }
}

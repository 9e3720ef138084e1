package io.sparkllm.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.config.Options;
import io.sparkllm.prompt.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The fields that all requests of a call share, and the writing of one request around them. */
final class RequestBody {
  private static final List<String> RESERVED = List.of("messages", "input", "stream", "n");

  /** The limit of an answer goes by several names. */
  private static final List<String> MAX_TOKENS =
      List.of("max_completion_tokens", "max_tokens", "max_output_tokens");

  private static final String DIMENSIONS = "dimensions";

  private final ObjectNode shared;

  private RequestBody(ObjectNode shared) {
    this.shared = shared;
  }

  /**
   * Merges the shorthands and {@code params}, which wins.
   *
   * @param fixed what is set unless {@code params} says otherwise
   * @param format where the form of answers stands, as a path of names
   * @param typed the schema of answers; null for none
   */
  static RequestBody of(
      LlmOptions options,
      String maxTokensField,
      Map<String, JsonNode> fixed,
      List<String> format,
      ObjectNode typed) {
    ObjectNode shared = Json.MAPPER.createObjectNode();
    shared.put("model", options.model());
    if (options.get(Options.TEMPERATURE) != null) {
      shared.put("temperature", options.get(Options.TEMPERATURE));
    }
    if (options.get(Options.MAX_TOKENS) != null) {
      shared.put(maxTokensField, options.get(Options.MAX_TOKENS));
    }
    if (options.get(Options.SERVICE_TIER) != null) {
      shared.put(ServiceTier.FIELD, options.get(Options.SERVICE_TIER));
    }
    fixed.forEach(shared::set);
    shared.setAll(params(options, Set.of()));
    if (typed != null) {
      putFormat(shared, format, typed);
    }
    return new RequestBody(shared);
  }

  private static void putFormat(ObjectNode shared, List<String> path, ObjectNode typed) {
    ObjectNode at = shared;
    for (String name : path.subList(0, path.size() - 1)) {
      // What else stands there, such as the verbosity of text, stays.
      at = at.get(name) instanceof ObjectNode there ? there : at.putObject(name);
    }
    String name = path.get(path.size() - 1);
    if (at.has(name)) {
      throw new IllegalArgumentException(
          "Option params sets "
              + String.join(".", path)
              + ", which returns sets too; take it out of params, or leave returns out");
    }
    at.set(name, typed);
  }

  /** As the other, for an API of inputs; what is fixed cannot be set by {@code params}. */
  static RequestBody ofInputs(LlmOptions options, Map<String, JsonNode> fixed) {
    ObjectNode shared = Json.MAPPER.createObjectNode();
    shared.put("model", options.model());
    if (options.get(Options.DIMENSIONS) != null) {
      shared.put(DIMENSIONS, options.get(Options.DIMENSIONS));
    }
    shared.setAll(params(options, fixed.keySet()));
    fixed.forEach(shared::set);
    return new RequestBody(shared);
  }

  /** The option {@code params}, without anything that is not the user's to set. */
  private static ObjectNode params(LlmOptions options, Set<String> fixed) {
    if (!options.isSet(Options.PARAMS)) {
      return Json.MAPPER.createObjectNode();
    }
    ObjectNode params = Json.object(options.get(Options.PARAMS));
    Stream.concat(RESERVED.stream(), fixed.stream())
        .filter(params::has)
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "Option params sets "
                      + name
                      + ", which the connector sets itself; take it out of params");
            });
    if (params.has("model")) {
      throw new IllegalArgumentException(
          "Option params sets model; use the option model instead, which the budget goes by");
    }
    return params;
  }

  /** The length of vectors that is asked for, wherever it was set; null where there is none. */
  Integer dimensions() {
    JsonNode value = shared.path(DIMENSIONS);
    return value.canConvertToInt() ? value.intValue() : null;
  }

  /** The limit of an answer, wherever it was set; null where there is none. */
  Integer maxTokens() {
    return MAX_TOKENS.stream()
        .map(shared::path)
        .filter(JsonNode::canConvertToInt)
        .map(JsonNode::intValue)
        .findFirst()
        .orElse(null);
  }

  /** Writes the shared fields and then the messages, under a name. */
  byte[] write(String messagesField, List<Message> messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    try (JsonGenerator json = Json.MAPPER.createGenerator(out)) {
      json.writeStartObject();
      for (Map.Entry<String, JsonNode> field : shared.properties()) {
        json.writeFieldName(field.getKey());
        json.writeTree(field.getValue());
      }
      json.writeArrayFieldStart(messagesField);
      for (Message message : messages) {
        json.writeStartObject();
        json.writeStringField("role", message.role());
        json.writeFieldName("content");
        json.writeTree(message.content());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  /** The beginning of a body: the shared fields, and the name of a last one with its colon. */
  String writeUpTo(String lastField) {
    String body = shared.toString();
    return body.substring(0, body.length() - 1) + ",\"" + lastField + "\":";
  }
}

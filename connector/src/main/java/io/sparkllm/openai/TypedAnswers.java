package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Api;
import io.sparkllm.schema.AnswerSchema;
import io.sparkllm.schema.RowTimes;
import io.sparkllm.schema.SchemaMismatchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Answers that have to fit a schema: how it is sent, the check of what comes, and what is asked
 * where that did not fit. Thread-safe.
 */
public final class TypedAnswers {
  private static final int SHOWN = 200;

  private static final Set<Integer> REFUSED = Set.of(400, 404, 415, 422);

  /** As the message of every service seen names the field or the type. */
  private static final Pattern UNKNOWN =
      Pattern.compile(
          "response[_ .]?format|json[_ ]schema|text\\.format|structured outputs?",
          Pattern.CASE_INSENSITIVE);

  /** Where the schema was read. */
  private static final Pattern DISLIKED =
      Pattern.compile("invalid schema|schema is invalid|in context=", Pattern.CASE_INSENSITIVE);

  private final AnswerSchema schema;
  private final ObjectNode json;
  private final boolean isChat;
  private final String messagesField;

  private TypedAnswers(AnswerSchema schema, boolean isChat) {
    this.schema = schema;
    this.json = Json.object(schema.json());
    this.isChat = isChat;
    this.messagesField = isChat ? "messages" : "input";
  }

  /** Null where the options name no schema. */
  static TypedAnswers of(LlmOptions options) {
    AnswerSchema schema = options.answerSchema();
    return schema == null ? null : new TypedAnswers(schema, options.get(Options.API) == Api.CHAT);
  }

  /** The JSON Schema of one answer. */
  ObjectNode schema() {
    return json.deepCopy();
  }

  /** {@code response_format} of chat. */
  ObjectNode chatFormat() {
    ObjectNode format = Json.MAPPER.createObjectNode().put("type", "json_schema");
    named(format.putObject("json_schema"));
    return format;
  }

  /** {@code text.format} of Responses. */
  ObjectNode responsesFormat() {
    return named(Json.MAPPER.createObjectNode().put("type", "json_schema"));
  }

  private ObjectNode named(ObjectNode format) {
    format.put("name", "answer").set("schema", schema());
    return format.put("strict", true);
  }

  /**
   * What is wrong with an answer.
   *
   * @return null where it fits
   */
  Outcome.Failed mismatch(Outcome.Answer answer) {
    if ("length".equals(answer.finishReason())) {
      return Wire.failed(
          ErrorType.TRUNCATED,
          "length",
          "The length limit cut the answer; raise maxTokens",
          answer.usage());
    }
    try {
      // Whether a time can be read does not depend on its zone.
      schema.read(answer.text(), RowTimes.UTC);
      return null;
    } catch (SchemaMismatchException e) {
      return Wire.failed(
          ErrorType.SCHEMA_MISMATCH,
          e.code(),
          "The answer does not fit returns: "
              + e.getMessage()
              + "; it reads: "
              + Wire.cut(answer.text(), SHOWN),
          answer.usage());
    }
  }

  /**
   * The request that asks for a row's answer again, with the reason.
   *
   * @param request the request that was answered, of one row
   * @param misfit its answer
   * @return JSON in UTF-8
   */
  public byte[] again(byte[] request, String misfit) {
    ObjectNode body = (ObjectNode) read(request);
    ArrayNode messages = (ArrayNode) body.get(messagesField);
    messages.addObject().put("role", "assistant").put("content", misfit);
    messages.addObject().put("role", "user").put("content", correction(misfit));
    return write(body);
  }

  /** The local endpoint knows such a message by its first words. */
  private String correction(String misfit) {
    String wrong = "";
    try {
      schema.read(misfit, RowTimes.UTC);
    } catch (SchemaMismatchException e) {
      wrong = ": " + e.getMessage();
    }
    return "That answer does not fit the JSON schema"
        + wrong
        + ". Reply with the corrected JSON alone.";
  }

  /**
   * The request for a service that knows no schemas: any JSON object is asked for, and the schema
   * is part of the prompt.
   *
   * @param request a request, or a list of them
   * @return JSON in UTF-8
   */
  public byte[] withoutSchema(byte[] request) {
    JsonNode body = read(request);
    if (body.isArray()) {
      body.forEach(this::removeSchema);
    } else {
      removeSchema(body);
    }
    return write(body);
  }

  private void removeSchema(JsonNode body) {
    JsonNode holder = isChat ? body : body.path("text");
    JsonNode format = holder.path(isChat ? "response_format" : "format");
    JsonNode sent = isChat ? format.path("json_schema") : format;
    ObjectNode any = Json.MAPPER.createObjectNode().put("type", "json_object");
    ((ObjectNode) holder).set(isChat ? "response_format" : "format", any);
    String told =
        "Reply with one JSON object alone, without any other text, that fits this JSON schema: "
            + sent.path("schema");
    JsonNode messages = body.path(messagesField);
    if (messages.path(0).isArray()) {
      messages.forEach(conversation -> tell((ArrayNode) conversation, told));
    } else {
      tell((ArrayNode) messages, told);
    }
  }

  /** In the first message, since many chat templates take no other one of the system. */
  private static void tell(ArrayNode messages, String told) {
    JsonNode first = messages.path(0);
    if (first.path("role").asText().equals("system") && first.path("content").isTextual()) {
      ((ObjectNode) first).put("content", first.get("content").textValue() + "\n\n" + told);
    } else {
      messages.insertObject(0).put("role", "system").put("content", told);
    }
  }

  /**
   * Whether a failure is of a service that knows no schemas. One that dislikes this very schema
   * does know them.
   *
   * @param failure what the service said
   * @return false for all other failures
   */
  public boolean isUnknown(Failure failure) {
    Outcome.Failed error = failure.error();
    return error.status() != null
        && REFUSED.contains(error.status())
        && UNKNOWN.matcher(error.message()).find()
        && !DISLIKED.matcher(error.message()).find();
  }

  private static JsonNode read(byte[] json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException("Reading from memory cannot fail", e);
    }
  }

  private static byte[] write(JsonNode body) {
    return Json.write(body).getBytes(StandardCharsets.UTF_8);
  }
}

package io.sparkllm.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.schema.AnswerSchema;
import io.sparkllm.schema.RowTimes;
import io.sparkllm.schema.SchemaMismatchException;

/** Answers that have to fit a schema: how it is sent, and the check of what comes. Thread-safe. */
final class TypedAnswers {
  private static final int SHOWN = 200;

  private final AnswerSchema schema;
  private final ObjectNode json;

  private TypedAnswers(AnswerSchema schema) {
    this.schema = schema;
    this.json = Json.object(schema.json());
  }

  /** Null where the options name no schema. */
  static TypedAnswers of(LlmOptions options) {
    AnswerSchema schema = options.answerSchema();
    return schema == null ? null : new TypedAnswers(schema);
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

  /** What a model is told whose answer does not fit. */
  String correction(String answer) {
    String wrong = "";
    try {
      schema.read(answer, RowTimes.UTC);
    } catch (SchemaMismatchException e) {
      wrong = ": " + e.getMessage();
    }
    return "That answer does not fit the JSON schema"
        + wrong
        + ". Reply with the corrected JSON object alone, without any other text.";
  }
}

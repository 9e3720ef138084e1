package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code POST /v1/moderations}: bodies as in OpenAI's OpenAPI 2.3.0. A text, texts, or the parts of
 * one input, of which only texts are looked at.
 */
final class ModerationsApi implements ModelApi {
  @Override
  public ModelRequest read(ObjectNode body, String deployment) {
    // The one API whose model has a default.
    String model =
        deployment == null && !body.hasNonNull("model")
            ? Models.LOCAL
            : BodyFields.model(body, deployment);
    JsonNode input = body.get("input");
    if (input == null || input.isNull()) {
      throw ApiError.missing("input").exception();
    }
    List<ModerationsRequest.Input> inputs = new ArrayList<>();
    if (input.isTextual()) {
      inputs.add(new ModerationsRequest.Input(input, input.textValue()));
    } else if (!input.isArray()) {
      throw ApiError.wrongType(
              "input", "one of a string or array of strings or objects", Json.describe(input))
          .exception();
    } else if (input.isEmpty()) {
      throw ApiError.invalid(
              "empty_array",
              "input",
              "Invalid 'input': empty array. Expected an array with minimum length 1, but got an"
                  + " empty array instead.")
          .exception();
    } else if (input.get(0).isObject()) {
      inputs.add(new ModerationsRequest.Input(input, parts(input)));
    } else {
      input.forEach(item -> inputs.add(text(item, inputs.size())));
    }
    return new ModerationsRequest(model, body, inputs);
  }

  private static ModerationsRequest.Input text(JsonNode item, int index) {
    if (!item.isTextual()) {
      throw ApiError.wrongType("input[" + index + "]", "a string", Json.describe(item)).exception();
    }
    return new ModerationsRequest.Input(item, item.textValue());
  }

  private static String parts(JsonNode parts) {
    StringBuilder text = new StringBuilder();
    for (JsonNode part : parts) {
      switch (part.path("type").asText()) {
        case "text" -> text.append(text.isEmpty() ? "" : "\n").append(part.path("text").asText());
        case "image_url" -> {}
        default ->
            throw ApiError.invalid(
                    "invalid_value",
                    "input",
                    "Invalid value: '"
                        + part.path("type").asText()
                        + "'. Supported values are: 'text' and 'image_url'.")
                .exception();
      }
    }
    return text.toString();
  }
}

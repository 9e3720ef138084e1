package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code POST /v1/embeddings}: bodies as in OpenAI's OpenAPI 2.3.0. */
final class EmbeddingsApi implements ModelApi {
  private static final int DEFAULT_DIMENSIONS = 256;
  private static final int MAX_DIMENSIONS = 3072;

  @Override
  public ModelRequest read(ObjectNode body, String deployment) {
    String model = BodyFields.model(body, deployment);
    EmbeddingInputs inputs = EmbeddingInputs.read(body.get("input"));
    return new EmbeddingsRequest(model, body, inputs, dimensions(body), isBase64(body));
  }

  private static int dimensions(ObjectNode body) {
    int asked = BodyFields.positive(body, "dimensions");
    if (asked > MAX_DIMENSIONS) {
      throw ApiError.invalid(
              null,
              "dimensions",
              "Invalid value for 'dimensions' = %d. Must be less than or equal to %d."
                  .formatted(asked, MAX_DIMENSIONS))
          .exception();
    }
    return asked == 0 ? DEFAULT_DIMENSIONS : asked;
  }

  private static boolean isBase64(ObjectNode body) {
    JsonNode format = body.get("encoding_format");
    if (format == null || format.isNull()) {
      return false;
    }
    return switch (format.asText()) {
      case "float" -> false;
      case "base64" -> true;
      default ->
          throw ApiError.invalid(
                  "invalid_value",
                  "encoding_format",
                  "Invalid value: '"
                      + format.asText()
                      + "'. Supported values are: 'float' and 'base64'.")
              .exception();
    };
  }
}

package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import io.sparkllm.local.embeddings.HashedWords;
import io.sparkllm.local.embeddings.UnitVector;
import java.util.List;

/** A call for the vectors of one text or many, told apart by {@code index}. */
final class EmbeddingsRequest implements GroupRequest {
  private static final HashedWords WORDS = new HashedWords(Concepts.COMMON::subjects);

  private final String model;
  private final ObjectNode body;
  private final EmbeddingInputs inputs;
  private final int dimensions;
  private final boolean base64;

  EmbeddingsRequest(
      String model, ObjectNode body, EmbeddingInputs inputs, int dimensions, boolean base64) {
    this.model = model;
    this.body = body;
    this.inputs = inputs;
    this.dimensions = dimensions;
    this.base64 = base64;
  }

  @Override
  public String model() {
    return model;
  }

  @Override
  public int items() {
    return inputs.size();
  }

  @Override
  public Digest digest(int item) {
    return RequestDigest.of(body, "input", inputs.get(item).node());
  }

  @Override
  public boolean says(int item, String words) {
    return inputs.get(item).text().contains(words);
  }

  @Override
  public int promptTokens() {
    return inputs.tokens();
  }

  @Override
  public boolean tellsErrors() {
    return false;
  }

  @Override
  public boolean tellsPlaces() {
    return true;
  }

  @Override
  public Part part(int item, String answeringModel, String id) {
    String text = inputs.get(item).text();
    float[] vector =
        answeringModel.equals("echo")
            ? UnitVector.proving(text, dimensions)
            : WORDS.embed(text, dimensions);
    ObjectNode part = Json.object().put("object", "embedding").put("index", item);
    if (base64) {
      part.put("embedding", UnitVector.base64(vector));
    } else {
      part.set("embedding", new POJONode(vector));
    }
    return new Part(part, 0);
  }

  @Override
  public Served compose(List<JsonNode> parts, int completionTokens, String id) {
    ObjectNode reply = Json.object().put("object", "list");
    reply.putArray("data").addAll(parts);
    reply.put("model", model);
    reply
        .putObject("usage")
        .put("prompt_tokens", promptTokens())
        .put("total_tokens", promptTokens());
    return new Served(reply, promptTokens(), 0);
  }
}

package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.local.moderations.Moderator;
import java.util.List;
import java.util.Map;

/** A call to judge one text or many; results stand in the order of the inputs, without an index. */
final class ModerationsRequest implements GroupRequest {
  private static final Moderator MODERATOR = new Moderator();

  /**
   * One input.
   *
   * @param node as it was sent
   * @param text that is judged
   */
  record Input(JsonNode node, String text) {}

  private final String model;
  private final ObjectNode body;
  private final List<Input> inputs;

  ModerationsRequest(String model, ObjectNode body, List<Input> inputs) {
    this.model = model;
    this.body = body;
    this.inputs = List.copyOf(inputs);
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
    return inputs.stream().mapToInt(input -> Tokens.estimate(input.text())).sum();
  }

  @Override
  public boolean tellsErrors() {
    return false;
  }

  @Override
  public boolean tellsPlaces() {
    return false;
  }

  @Override
  public Part part(int item, String answeringModel, String id) {
    Map<String, Double> scores = MODERATOR.scores(inputs.get(item).text());
    ObjectNode part =
        Json.object()
            .put("flagged", scores.values().stream().anyMatch(score -> score >= Moderator.FLAGGED));
    ObjectNode categories = part.putObject("categories");
    ObjectNode told = part.putObject("category_scores");
    ObjectNode types = part.putObject("category_applied_input_types");
    scores.forEach(
        (category, score) -> {
          categories.put(category, score >= Moderator.FLAGGED);
          told.put(category, score);
          types.putArray(category).add("text");
        });
    return new Part(part, 0);
  }

  @Override
  public Served compose(List<JsonNode> parts, int completionTokens, String id) {
    ObjectNode reply = Json.object().put("id", "modr-" + id).put("model", model);
    reply.putArray("results").addAll(parts);
    return new Served(reply, promptTokens(), 0);
  }
}

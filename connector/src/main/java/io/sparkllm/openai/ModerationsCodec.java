package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.prompt.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Moderations: {@code POST /moderations}. Results bear no index, and no tokens are counted. */
final class ModerationsCodec extends InputApi {
  private final InputBody body;

  ModerationsCodec(LlmOptions options) {
    this.body = new InputBody(RequestBody.ofInputs(options, Map.of()));
  }

  @Override
  public String path() {
    return "/moderations";
  }

  @Override
  byte[] input(List<Message> messages) {
    return InputBody.json(InputBody.text(messages));
  }

  @Override
  byte[] write(List<byte[]> inputs, boolean array) {
    return body.write(inputs, array);
  }

  @Override
  Usage usage(JsonNode reply) {
    return Usage.UNKNOWN;
  }

  /** By position, which can be trusted only where no result is missing and none too many. */
  @Override
  List<Outcome> results(JsonNode reply, List<Usage> shares) {
    JsonNode list = reply.path("results");
    if (!list.isArray()) {
      return null;
    }
    if (list.size() != shares.size()) {
      return Collections.nCopies(shares.size(), null);
    }
    String model = Wire.text(reply, "model");
    List<Outcome> results = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      results.add(result(list.get(i), model, shares.get(i)));
    }
    return results;
  }

  private static Outcome result(JsonNode result, String model, Usage share) {
    if (!result.path("flagged").isBoolean()) {
      return Wire.failed(
          ErrorType.INVALID_RESPONSE,
          "no_flag",
          "The reply does not tell whether the input is flagged",
          share);
    }
    ObjectNode value = Json.MAPPER.createObjectNode();
    value.set("flagged", result.get("flagged"));
    value.set("categories", only(result.path("categories"), JsonNode::isBoolean));
    value.set("scores", only(result.path("category_scores"), JsonNode::isNumber));
    return new Outcome.Answer(value.toString(), model, null, share, null);
  }

  /** Categories that a model does not know are null. */
  private static ObjectNode only(JsonNode entries, Predicate<JsonNode> kept) {
    ObjectNode some = Json.MAPPER.createObjectNode();
    for (Map.Entry<String, JsonNode> entry : entries.properties()) {
      if (kept.test(entry.getValue())) {
        some.set(entry.getKey(), entry.getValue());
      }
    }
    return some;
  }
}

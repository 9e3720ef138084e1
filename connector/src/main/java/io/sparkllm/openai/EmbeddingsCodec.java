package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import io.sparkllm.prompt.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * Embeddings: {@code POST /embeddings}. Vectors are asked for in base64, a third of the length of
 * their digits, and read in either form, since some servers pass {@code encoding_format} over.
 */
final class EmbeddingsCodec extends InputApi {
  private final InputBody body;
  private final InputLimit limit;
  private final Integer dimensions;

  EmbeddingsCodec(LlmOptions options) {
    RequestBody shared =
        RequestBody.ofInputs(options, Map.of("encoding_format", TextNode.valueOf("base64")));
    this.body = new InputBody(shared);
    this.limit =
        new InputLimit(options.get(Options.MAX_INPUT_TOKENS), options.get(Options.TRUNCATE));
    this.dimensions = shared.dimensions();
  }

  @Override
  public String path() {
    return "/embeddings";
  }

  @Override
  byte[] input(List<Message> messages) {
    return InputBody.json(limit.apply(InputBody.text(messages)));
  }

  @Override
  byte[] write(List<byte[]> inputs, boolean array) {
    return body.write(inputs, array);
  }

  @Override
  Usage usage(JsonNode reply) {
    JsonNode usage = reply.path("usage");
    Long prompt = Wire.number(usage, "prompt_tokens");
    Long completion = Wire.number(usage, "completion_tokens");
    return new Usage(
        prompt,
        Wire.number(usage.path("prompt_tokens_details"), "cached_tokens"),
        completion == null && prompt != null ? Long.valueOf(0) : completion,
        Wire.number(usage, "total_tokens"));
  }

  @Override
  List<Outcome> results(JsonNode reply, List<Usage> shares) {
    JsonNode data = reply.path("data");
    if (!data.isArray()) {
      return null;
    }
    boolean told = StreamSupport.stream(data.spliterator(), false).anyMatch(i -> i.has("index"));
    List<Outcome> results = new ArrayList<>(Collections.nCopies(shares.size(), null));
    if (!told && data.size() != shares.size()) {
      return results;
    }
    String model = Wire.text(reply, "model");
    Set<Integer> unclear = new HashSet<>();
    for (int i = 0; i < data.size(); i++) {
      JsonNode item = data.get(i);
      int place = told ? index(item, shares.size()) : i;
      if (place >= 0) {
        Outcome result = result(item.path("embedding"), model, shares.get(place));
        Outcome before = results.set(place, result);
        if (before != null && !before.equals(result)) {
          unclear.add(place);
        }
      }
    }
    unclear.forEach(place -> results.set(place, null));
    return results;
  }

  private static int index(JsonNode item, int inputs) {
    JsonNode index = item.path("index");
    boolean fits =
        index.isIntegralNumber()
            && index.canConvertToInt()
            && index.intValue() >= 0
            && index.intValue() < inputs;
    return fits ? index.intValue() : -1;
  }

  private Outcome result(JsonNode embedding, String model, Usage share) {
    float[] vector = embedding.isTextual() ? Vectors.parse(embedding.textValue()) : of(embedding);
    if (vector == null) {
      return Wire.failed(
          ErrorType.INVALID_RESPONSE,
          "no_vector",
          "The reply holds no vector of finite numbers",
          share);
    }
    if (dimensions != null && vector.length != dimensions) {
      return Wire.failed(
          ErrorType.INVALID_RESPONSE,
          "wrong_dimensions",
          String.format(
              "The vector has %d numbers, but dimensions is %d; leave dimensions out if the model"
                  + " has one length only",
              vector.length, dimensions),
          share);
    }
    return new Outcome.Answer(Vectors.text(vector), model, null, share, null);
  }

  /** The vector in a list of numbers; null where it is none. */
  private static float[] of(JsonNode list) {
    if (!list.isArray() || list.isEmpty()) {
      return null;
    }
    float[] vector = new float[list.size()];
    for (int i = 0; i < vector.length; i++) {
      JsonNode number = list.get(i);
      if (!number.isNumber() || !Float.isFinite(number.floatValue())) {
        return null;
      }
      vector[i] = number.floatValue();
    }
    return vector;
  }
}

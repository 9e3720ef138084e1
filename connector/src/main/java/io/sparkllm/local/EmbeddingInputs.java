package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The inputs of an embeddings request: a text, texts, the tokens of one text, or of many. Limits
 * and refusals are those that OpenAI's models were seen to have.
 */
final class EmbeddingInputs {
  private static final int MAX_INPUTS = 2048;
  private static final int MAX_TOKENS_EACH = 8192;
  private static final int MAX_TOKENS = 300_000;

  /**
   * One input.
   *
   * @param node as it was sent
   * @param text itself, or its tokens as words
   * @param tokens counted where tokens were sent, else estimated
   */
  record Input(JsonNode node, String text, int tokens) {}

  private final List<Input> inputs;
  private final int tokens;

  private EmbeddingInputs(List<Input> inputs, int tokens) {
    this.inputs = List.copyOf(inputs);
    this.tokens = tokens;
  }

  /**
   * Reads the field {@code input}.
   *
   * @throws ApiException 400 when the service would answer that
   */
  static EmbeddingInputs read(JsonNode input) {
    if (input == null || input.isNull()) {
      throw ApiError.missing("input").exception();
    }
    List<Input> inputs = new ArrayList<>();
    if (input.isArray() && !isTokens(input)) {
      if (input.size() > MAX_INPUTS) {
        throw tooMany(input.size()).exception();
      }
      input.forEach(item -> inputs.add(one(item)));
    } else {
      inputs.add(one(input));
    }
    if (inputs.isEmpty()) {
      throw invalid();
    }
    long tokens = inputs.stream().mapToLong(Input::tokens).sum();
    if (tokens > MAX_TOKENS) {
      throw new ApiError(
              400,
              "max_tokens_per_request",
              "max_tokens_per_request",
              null,
              "Requested %d tokens, max %d tokens per request".formatted(tokens, MAX_TOKENS))
          .exception();
    }
    return new EmbeddingInputs(inputs, (int) tokens);
  }

  int size() {
    return inputs.size();
  }

  Input get(int item) {
    return inputs.get(item);
  }

  int tokens() {
    return tokens;
  }

  private static Input one(JsonNode node) {
    if (node.isTextual() && !node.textValue().isEmpty()) {
      return within(new Input(node, node.textValue(), Tokens.estimate(node.textValue())));
    }
    if (node.isArray() && !node.isEmpty() && isTokens(node)) {
      StringBuilder words = new StringBuilder(node.size() * 7);
      node.forEach(token -> words.append(words.isEmpty() ? "" : " ").append(token.intValue()));
      return within(new Input(node, words.toString(), node.size()));
    }
    throw invalid();
  }

  private static boolean isTokens(JsonNode array) {
    for (JsonNode item : array) {
      if (!item.canConvertToInt() || !item.isIntegralNumber() || item.intValue() < 0) {
        return false;
      }
    }
    return !array.isEmpty();
  }

  private static Input within(Input input) {
    if (input.tokens() > MAX_TOKENS_EACH) {
      throw ApiError.invalid(
              null,
              null,
              String.format(
                  Locale.ROOT,
                  "This model's maximum context length is %d tokens, however you requested %d tokens"
                      + " (%d in your prompt; 0 for the completion). Please reduce your prompt; or"
                      + " completion length.",
                  MAX_TOKENS_EACH,
                  input.tokens(),
                  input.tokens()))
          .exception();
    }
    return input;
  }

  private static ApiError tooMany(int size) {
    return ApiError.invalid(
        "array_above_max_length",
        "input",
        "Invalid 'input': array too long. Expected an array with maximum length %d, but got an array with length %d instead."
            .formatted(MAX_INPUTS, size));
  }

  /** What the service says of an empty string, and of anything else that is no input. */
  private static ApiException invalid() {
    return ApiError.invalid(
            null,
            null,
            "'$.input' is invalid. Please check the API reference:"
                + " https://platform.openai.com/docs/api-reference.")
        .exception();
  }
}

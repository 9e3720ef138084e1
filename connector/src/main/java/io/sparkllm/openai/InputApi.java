package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.prompt.InvalidInputException;
import io.sparkllm.prompt.Message;
import java.util.List;

/** An API that takes one text or an array of them as {@code input}: embeddings and moderations. */
abstract class InputApi extends ApiCodec {
  /**
   * A row's input.
   *
   * @return a JSON string in UTF-8
   * @throws InvalidInputException when it is longer than the model takes
   */
  abstract byte[] input(List<Message> messages);

  /** The body with one input as it is, or with many as an array. */
  abstract byte[] write(List<byte[]> inputs, boolean array);

  /** What the service counted for a request as a whole. */
  abstract Usage usage(JsonNode reply);

  /**
   * The results of a reply, by the place of their input; null where the reply does not tell, or not
   * clearly.
   *
   * @param shares the tokens of each input
   * @return as many as there are inputs; null where the reply holds no list
   */
  abstract List<Outcome> results(JsonNode reply, List<Usage> shares);

  /** No token of an answer is ever charged. */
  @Override
  public final Integer maxTokens() {
    return 0;
  }

  @Override
  public final byte[] encode(List<Message> messages) {
    return write(List.of(input(messages)), false);
  }

  @Override
  final Outcome decode(JsonNode reply) {
    Usage usage = usage(reply);
    List<Outcome> results = results(reply, List.of(usage));
    return results == null || results.get(0) == null
        ? Wire.failed(
            ErrorType.INVALID_RESPONSE,
            "no_result",
            "The reply holds no result of the input",
            usage)
        : results.get(0);
  }
}

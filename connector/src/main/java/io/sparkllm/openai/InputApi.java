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

  /** The results of a reply, by the place of their input; null where there is none or two. */
  abstract List<Outcome> results(JsonNode reply, int inputs);
}

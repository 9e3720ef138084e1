package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import io.sparkllm.prompt.Message;
import java.util.List;

/** One API of the service: how messages become a body, and a body an outcome. Thread-safe. */
public abstract class ApiCodec {
  ApiCodec() {}

  /**
   * The codec of the API that the options name.
   *
   * @param options validated options
   * @param openAi whether the endpoint is OpenAI's or Azure's own
   * @return the codec
   * @throws IllegalArgumentException when {@code params} sets what the connector must
   */
  public static ApiCodec of(LlmOptions options, boolean openAi) {
    return switch (options.get(Options.API)) {
      case CHAT -> new ChatCodec(options, openAi);
      case RESPONSES -> new ResponsesCodec(options);
      case EMBEDDINGS -> new EmbeddingsCodec(options);
      case MODERATIONS -> new ModerationsCodec(options);
    };
  }

  /**
   * The path under the base URL.
   *
   * @return for example {@code /chat/completions}
   */
  public abstract String path();

  /**
   * The limit of an answer, set by {@code maxTokens} or in {@code params}.
   *
   * @return tokens; null where none is set
   */
  public abstract Integer maxTokens();

  /**
   * The body of a request.
   *
   * @param messages the row's messages
   * @return JSON in UTF-8
   */
  public abstract byte[] encode(List<Message> messages);

  /**
   * The schema that answers have to fit.
   *
   * @return null where any text will do
   */
  public TypedAnswers typed() {
    return null;
  }

  /**
   * The outcome in the body of a reply with a 2xx status.
   *
   * @param body the parsed body
   * @return an answer, or an error that the body tells; {@code invalid_response} where it is not
   *     what the API says
   */
  abstract Outcome decode(JsonNode body);
}

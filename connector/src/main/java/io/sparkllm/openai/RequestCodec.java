package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Dialect;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.prompt.InvalidInputException;
import io.sparkllm.prompt.Message;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How the rows of one HTTP request travel: one alone, or many in an array or in one prompt. Each
 * row adds an item; the reply comes apart into what it says of each. Thread-safe.
 */
public abstract class RequestCodec {
  RequestCodec() {}

  /**
   * The form that the options name.
   *
   * @param options validated options
   * @param api the codec of the API
   * @return the codec
   * @throws IllegalArgumentException when {@code params} sets what the form must
   */
  public static RequestCodec of(LlmOptions options, ApiCodec api) {
    return switch (options.get(Options.MODE)) {
      case ARRAY ->
          options.get(Options.DIALECT) == Dialect.VLLM
              ? new ConversationsCodec(options, api)
              : new ArrayCodec(options, api);
      case PACKED -> new PackedCodec(options, api);
      case REALTIME, BATCH ->
          options.carriesMany() ? new InputsCodec((InputApi) api) : new SingleCodec(api);
    };
  }

  /**
   * The path under the base URL.
   *
   * @return for example {@code /embeddings}
   */
  public abstract String path();

  /**
   * What a row adds to a request.
   *
   * @param messages the row's messages
   * @return JSON in UTF-8
   * @throws InvalidInputException when the row cannot be asked
   */
  public abstract byte[] item(List<Message> messages);

  /**
   * The body of a request.
   *
   * @param items the items of its rows, at least one
   * @return JSON in UTF-8
   */
  public abstract byte[] body(List<byte[]> items);

  /**
   * The body of the request that asks for one row by itself, as {@link ApiCodec#encode} gives it.
   *
   * @param item the row's item
   * @return JSON in UTF-8
   */
  public abstract byte[] alone(byte[] item);

  /**
   * What a request holds beside its items, as a basis of estimates.
   *
   * @return characters
   */
  public long sharedChars() {
    return 0;
  }

  /**
   * Whether the length of the request as a whole counts, as of one prompt: too long a request then
   * says nothing about its rows.
   *
   * @return false where each row has the model's context for itself
   */
  public boolean isOnePrompt() {
    return false;
  }

  /**
   * Whether a failure looks as if the server did not know this form of request.
   *
   * @param failure what the server said
   * @return false for forms that every server of the API knows
   */
  public boolean isUnknown(Failure failure) {
    return false;
  }

  /**
   * What a reply says of each row.
   *
   * @param body the parsed body of a 2xx that is no error as a whole
   * @param items the items of the request
   * @param one reads what stands in the place of one row's own reply
   * @param headers the reply's headers
   * @param now the time
   * @return {@link Reading.Each}, or {@link Reading.NotAnswered} where nothing can be made of it
   */
  abstract Reading read(
      JsonNode body, List<byte[]> items, ReplyReader one, Map<String, String> headers, Instant now);
}

package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.prompt.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A JSON array of stand-alone requests, answered by a list of replies and errors. No service of
 * OpenAI's takes it; gateways and servers of one's own do.
 */
final class ArrayCodec extends RequestCodec {
  private final ApiCodec api;
  private final String path;

  ArrayCodec(LlmOptions options, ApiCodec api) {
    this.api = api;
    this.path = path(options, api.path());
  }

  /** The path that the options name, or another. */
  static String path(LlmOptions options, String otherwise) {
    if (!options.isSet(Options.ARRAY_PATH)) {
      return otherwise;
    }
    String path = options.get(Options.ARRAY_PATH).strip();
    return path.startsWith("/") ? path : "/" + path;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public byte[] item(List<Message> messages) {
    return api.encode(messages);
  }

  @Override
  public byte[] body(List<byte[]> items) {
    return Frame.list(items);
  }

  @Override
  public byte[] alone(byte[] item) {
    return item;
  }

  @Override
  public boolean isUnknown(Failure failure) {
    return UnknownForm.isListOfRequests(failure);
  }

  @Override
  Reading read(
      JsonNode body,
      List<byte[]> items,
      ReplyReader one,
      Map<String, String> headers,
      Instant now) {
    if (body.isObject()) {
      return noList();
    }
    List<JsonNode> placed = Places.of(body, items.size());
    if (placed == null) {
      return ReplyReader.invalid(
          200,
          body.isArray()
              ? "The reply is a list of %d for %d requests and does not tell which is whose"
                  .formatted(body.size(), items.size())
              : "The reply is no list");
    }
    List<Reading> rows = new ArrayList<>(items.size());
    Usage usage = Usage.UNKNOWN;
    for (JsonNode element : placed) {
      Reading row =
          element != null && element.isObject() ? one.read(200, headers, element, now) : null;
      rows.add(row);
      usage = row == null ? usage : usage.plus(usage(row));
    }
    return new Reading.Each(rows, usage);
  }

  private static Reading noList() {
    return new Reading.NotAnswered(
        new Failure(
            Wire.failed(
                ErrorType.INVALID_RESPONSE,
                UnknownForm.NO_LIST,
                "The reply is no list",
                Usage.UNKNOWN),
            Reaction.RETRY,
            null));
  }

  private static Usage usage(Reading row) {
    return row instanceof Reading.Answered answered
        ? answered.answer().usage()
        : ((Reading.NotAnswered) row).failure().error().usage();
  }
}

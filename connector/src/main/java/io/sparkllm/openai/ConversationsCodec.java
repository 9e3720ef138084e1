package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Api;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.prompt.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Many conversations with shared parameters, as vLLM takes them: one completion, with a choice for
 * each conversation and the tokens of all.
 */
final class ConversationsCodec extends RequestCodec {
  private final ApiCodec api;
  private final String path;
  private final Frame request;

  ConversationsCodec(LlmOptions options, ApiCodec api) {
    if (options.get(Options.API) != Api.CHAT) {
      throw new IllegalArgumentException(
          "Option dialect is vllm, which has conversations for api=chat alone, but option api is "
              + Options.API.format(options.get(Options.API))
              + "; set api to chat, or dialect to openai");
    }
    this.api = api;
    this.path = ArrayCodec.path(options, api.path() + "/batch");
    this.request = Frame.of(api.encode(List.of()), "[]", "}");
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public byte[] item(List<Message> messages) {
    return request.inside(api.encode(messages));
  }

  @Override
  public byte[] body(List<byte[]> items) {
    return request.around(Frame.list(items));
  }

  @Override
  public byte[] alone(byte[] item) {
    return request.around(item);
  }

  @Override
  public boolean isUnknown(Failure failure) {
    return UnknownForm.isListOfConversations(failure);
  }

  @Override
  Reading read(
      JsonNode body,
      List<byte[]> items,
      ReplyReader one,
      Map<String, String> headers,
      Instant now) {
    List<JsonNode> choices = Places.of(body.path("choices"), items.size());
    if (choices == null) {
      return ReplyReader.invalid(200, "The reply holds no choice for each conversation");
    }
    Usage usage = ChatCodec.usage(body.path("usage"));
    List<Usage> shares =
        UsageShares.of(
            usage,
            items.stream().mapToLong(item -> item.length).toArray(),
            choices.stream().mapToLong(ConversationsCodec::length).toArray());
    List<Reading> rows = new ArrayList<>(items.size());
    for (int i = 0; i < choices.size(); i++) {
      JsonNode choice = choices.get(i);
      rows.add(
          choice == null || !choice.isObject()
              ? null
              : one.read(200, headers, alone(body, choice, shares.get(i)), now));
    }
    return new Reading.Each(rows, usage);
  }

  private static long length(JsonNode choice) {
    if (choice == null) {
      return 0;
    }
    JsonNode message = choice.path("message");
    String text = Wire.joinParts(message.path("content"), "text");
    return text == null || text.isEmpty()
        ? Wire.textOr(message, "refusal", "").length()
        : text.length();
  }

  /** The reply that the conversation would have had by itself. */
  private static ObjectNode alone(JsonNode reply, JsonNode choice, Usage usage) {
    ObjectNode alone = Json.MAPPER.createObjectNode();
    alone.set("model", reply.get("model"));
    alone.set("service_tier", reply.get("service_tier"));
    alone.putArray("choices").add(choice);
    alone.set("usage", ChatCodec.usage(usage));
    return alone;
  }
}

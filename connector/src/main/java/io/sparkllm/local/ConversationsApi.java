package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code POST /v1/chat/completions/batch}, as vLLM has it since 0.33: {@code messages} is a list of
 * conversations, all other parameters are shared.
 */
final class ConversationsApi implements ModelApi {
  @Override
  public ModelRequest read(ObjectNode body, String deployment) {
    JsonNode messages = body.get("messages");
    if (messages == null || messages.isNull()) {
      throw ApiError.missing("messages").exception();
    }
    if (!messages.isArray() || messages.isEmpty()) {
      throw ApiError.wrongType("messages", "a list of conversations", described(messages))
          .exception();
    }
    for (String field : List.of("tools", "tool_choice", "use_beam_search")) {
      if (body.hasNonNull(field)) {
        throw ApiError.invalid(
                "unsupported_value",
                field,
                "Batches of conversations do not support '" + field + "'.")
            .exception();
      }
    }
    List<ConversationRequest> conversations = new ArrayList<>(messages.size());
    List<Digest> digests = new ArrayList<>(messages.size());
    for (JsonNode conversation : messages) {
      if (!conversation.isArray()) {
        throw ApiError.wrongType(
                "messages[" + conversations.size() + "]",
                "a conversation, which is a list of messages",
                Json.describe(conversation))
            .exception();
      }
      ObjectNode alone = Json.object();
      alone.setAll(body);
      alone.set("messages", conversation);
      conversations.add(ChatApi.conversation(alone, deployment));
      digests.add(RequestDigest.of(alone));
    }
    return new ConversationsRequest(conversations, digests, BodyFields.serviceTier(body));
  }

  private static String described(JsonNode messages) {
    return messages.isArray() ? "an empty list" : Json.describe(messages);
  }
}

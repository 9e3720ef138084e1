package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Many conversations under shared parameters: answers are choices, told apart by their index. */
final class ConversationsRequest implements GroupRequest {
  private final List<ConversationRequest> conversations;
  private final List<Digest> digests;
  private final String serviceTier;

  ConversationsRequest(
      List<ConversationRequest> conversations, List<Digest> digests, String serviceTier) {
    this.conversations = List.copyOf(conversations);
    this.digests = List.copyOf(digests);
    this.serviceTier = serviceTier;
  }

  @Override
  public String model() {
    return conversations.get(0).model();
  }

  @Override
  public int items() {
    return conversations.size();
  }

  @Override
  public Digest digest(int item) {
    return digests.get(item);
  }

  @Override
  public boolean says(int item, String words) {
    return conversations.get(item).asked().lastUser().contains(words);
  }

  @Override
  public int promptTokens() {
    return conversations.stream().mapToInt(ConversationRequest::promptTokens).sum();
  }

  @Override
  public int maxTokens() {
    return conversations.stream().mapToInt(ConversationRequest::maxTokens).sum();
  }

  @Override
  public boolean tellsErrors() {
    return false;
  }

  @Override
  public boolean tellsPlaces() {
    return true;
  }

  @Override
  public Part part(int item, String answeringModel, String id) {
    Answer answer = Models.answer(answeringModel, conversations.get(item).asked());
    return new Part(ChatApi.choice(item, answer), answer.tokens());
  }

  @Override
  public Served compose(List<JsonNode> parts, int completionTokens, String id) {
    return ChatApi.completion(id, model(), serviceTier, parts, promptTokens(), completionTokens);
  }
}

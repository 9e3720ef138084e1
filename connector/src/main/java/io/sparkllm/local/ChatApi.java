package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** {@code POST /v1/chat/completions}: bodies as in OpenAI's OpenAPI 2.3.0. */
final class ChatApi implements ModelApi {

  @Override
  public ModelRequest read(ObjectNode body, String deployment) {
    ConversationRequest request = conversation(body, deployment);
    GroupRequest packed = PackedRequest.find(request, body);
    return packed == null ? request : packed;
  }

  /** Reads a body that asks for one message. */
  static ConversationRequest conversation(ObjectNode body, String deployment) {
    String model = BodyFields.model(body, deployment);
    List<ChatMessage> messages = MessageReader.read(body.get("messages"), "messages");
    BodyFields.checkUnsupported(body);
    BodyFields.checkRange(body, "temperature", 0, 2);
    BodyFields.checkRange(body, "top_p", 0, 1);
    int older = BodyFields.positive(body, "max_tokens");
    int newer = BodyFields.positive(body, "max_completion_tokens");
    AnswerFormat format = AnswerFormat.chat(body.get("response_format"));
    return new Request(
        model,
        new Conversation(messages, format.schema(), format.jsonObject(), newer > 0 ? newer : older),
        BodyFields.serviceTier(body));
  }

  /** One entry of {@code choices}. */
  static ObjectNode choice(int index, Answer answer) {
    ObjectNode choice = Json.object().put("index", index);
    choice
        .putObject("message")
        .put("role", "assistant")
        .put("content", answer.text())
        .put("refusal", answer.refusal())
        .putArray("annotations");
    return choice.putNull("logprobs").put("finish_reason", answer.finish());
  }

  /** A whole reply. */
  static Served completion(
      String id, String model, String tier, List<JsonNode> choices, int prompt, int completion) {
    ObjectNode body =
        Json.object()
            .put("id", "chatcmpl-" + id)
            .put("object", "chat.completion")
            .put("created", System.currentTimeMillis() / 1000)
            .put("model", model);
    body.putArray("choices").addAll(choices);
    ObjectNode usage =
        body.putObject("usage")
            .put("prompt_tokens", prompt)
            .put("completion_tokens", completion)
            .put("total_tokens", prompt + completion);
    usage.putObject("prompt_tokens_details").put("cached_tokens", 0).put("audio_tokens", 0);
    usage.putObject("completion_tokens_details").put("reasoning_tokens", 0);
    body.put("service_tier", tier).put("system_fingerprint", Models.FINGERPRINT);
    return new Served(body, prompt, completion);
  }

  private record Request(String model, Conversation asked, String serviceTier)
      implements ConversationRequest {

    @Override
    public Served say(Answer answer, String id) {
      return completion(
          id, model, serviceTier, List.of(choice(0, answer)), promptTokens(), answer.tokens());
    }
  }
}

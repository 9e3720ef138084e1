package io.sparkllm.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** {@code POST /v1/chat/completions}: bodies as in OpenAI's OpenAPI 2.3.0. */
final class ChatApi implements ModelApi {

  @Override
  public ModelRequest read(ObjectNode body, String deployment) {
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

  private record Request(String model, Conversation asked, String serviceTier)
      implements ModelRequest {

    @Override
    public Served answer(String answeringModel, String id) {
      Answer answer = Models.answer(answeringModel, asked);
      ObjectNode body =
          Json.object()
              .put("id", "chatcmpl-" + id)
              .put("object", "chat.completion")
              .put("created", System.currentTimeMillis() / 1000)
              .put("model", model);
      ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
      choice
          .putObject("message")
          .put("role", "assistant")
          .put("content", answer.text())
          .put("refusal", answer.refusal())
          .putArray("annotations");
      choice.putNull("logprobs").put("finish_reason", answer.finish());
      ObjectNode usage =
          body.putObject("usage")
              .put("prompt_tokens", promptTokens())
              .put("completion_tokens", answer.tokens())
              .put("total_tokens", promptTokens() + answer.tokens());
      usage.putObject("prompt_tokens_details").put("cached_tokens", 0).put("audio_tokens", 0);
      usage.putObject("completion_tokens_details").put("reasoning_tokens", 0);
      body.put("service_tier", serviceTier).put("system_fingerprint", Models.FINGERPRINT);
      return new Served(body, promptTokens(), answer.tokens());
    }
  }
}

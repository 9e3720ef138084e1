package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/responses}: bodies as in OpenAI's OpenAPI 2.3.0. */
final class ResponsesApi implements ModelApi {

  @Override
  public ModelRequest read(ObjectNode body, String deployment) {
    ConversationRequest request = conversation(body, deployment);
    GroupRequest packed = PackedRequest.find(request, body);
    return packed == null ? request : packed;
  }

  private static ConversationRequest conversation(ObjectNode body, String deployment) {
    String model = BodyFields.model(body, deployment);
    List<ChatMessage> messages = messages(body);
    BodyFields.checkUnsupported(body);
    if (body.path("background").asBoolean(false)) {
      throw ApiError.invalid(
              "unsupported_value",
              "background",
              "Unsupported value: 'background' does not support true with the local endpoint.")
          .exception();
    }
    BodyFields.checkRange(body, "temperature", 0, 2);
    BodyFields.checkRange(body, "top_p", 0, 1);
    AnswerFormat format = AnswerFormat.responses(body.path("text").get("format"));
    return new Request(
        model,
        new Conversation(
            messages,
            format.schema(),
            format.jsonObject(),
            BodyFields.positive(body, "max_output_tokens")),
        BodyFields.serviceTier(body),
        body.path("store").asBoolean(true));
  }

  private static List<ChatMessage> messages(ObjectNode body) {
    List<ChatMessage> messages = new ArrayList<>();
    JsonNode instructions = body.get("instructions");
    if (instructions != null && !instructions.isNull()) {
      if (!instructions.isTextual()) {
        throw ApiError.wrongType("instructions", "a string", Json.describe(instructions))
            .exception();
      }
      messages.add(new ChatMessage("system", instructions.textValue()));
    }
    JsonNode input = body.get("input");
    if (input != null && input.isTextual()) {
      messages.add(new ChatMessage("user", input.textValue()));
    } else {
      messages.addAll(MessageReader.read(input, "input"));
    }
    return messages;
  }

  private record Request(String model, Conversation asked, String serviceTier, boolean store)
      implements ConversationRequest {

    @Override
    public Served say(Answer answer, String id) {
      boolean complete = answer.finish().equals("stop");
      ObjectNode body =
          Json.object()
              .put("id", "resp_" + id)
              .put("object", "response")
              .put("created_at", System.currentTimeMillis() / 1000)
              .put("status", complete ? "completed" : "incomplete")
              .putNull("error");
      if (complete) {
        body.putNull("incomplete_details");
      } else {
        body.putObject("incomplete_details")
            .put(
                "reason",
                answer.finish().equals("length") ? "max_output_tokens" : "content_filter");
      }
      body.put("model", model);
      putOutput(body.putArray("output"), answer, id, complete);
      ObjectNode usage = body.putObject("usage").put("input_tokens", promptTokens());
      usage.putObject("input_tokens_details").put("cached_tokens", 0);
      usage.put("output_tokens", answer.tokens());
      usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
      usage.put("total_tokens", promptTokens() + answer.tokens());
      // The API has no field for a fingerprint; metadata is where it says what answered.
      body.putObject("metadata").put("system_fingerprint", Models.FINGERPRINT);
      body.put("service_tier", serviceTier).put("store", store);
      return new Served(body, promptTokens(), answer.tokens());
    }

    private static void putOutput(ArrayNode output, Answer answer, String id, boolean complete) {
      output.addObject().put("type", "reasoning").put("id", "rs_" + id).putArray("summary");
      if (answer.text() == null && answer.refusal() == null) {
        return;
      }
      ArrayNode content =
          output
              .addObject()
              .put("type", "message")
              .put("id", "msg_" + id)
              .put("status", complete ? "completed" : "incomplete")
              .put("role", "assistant")
              .putArray("content");
      if (answer.refusal() != null) {
        content.addObject().put("type", "refusal").put("refusal", answer.refusal());
      } else {
        content
            .addObject()
            .put("type", "output_text")
            .put("text", answer.text())
            .putArray("annotations");
      }
    }
  }
}

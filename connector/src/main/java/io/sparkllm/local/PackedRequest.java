package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Many prompts packed into one: the user message is {@code {"requests":[{"id","text"},…]}} and the
 * schema asks for {@code {"answers":[{"id","answer"},…]}}. Each text is answered as it would be
 * alone under the same instruction, which ends where the words about the list begin.
 */
final class PackedRequest implements GroupRequest {
  private static final String ABOUT_THE_LIST =
      "The user message is a JSON object with a list of independent requests";

  /** Fields that only the packed form has, or has otherwise: the form, and the length of all. */
  private static final Set<String> OF_THE_PACK =
      Set.of("response_format", "text", "max_tokens", "max_completion_tokens", "max_output_tokens");

  private record Item(String id, String text) {}

  private final ConversationRequest whole;
  private final ObjectNode body;
  private final List<Item> packed;
  private final String system;
  private final JsonNode schema;

  private PackedRequest(
      ConversationRequest whole, ObjectNode body, List<Item> packed, JsonNode schema) {
    this.whole = whole;
    this.body = body;
    this.packed = packed;
    this.schema = isAnyText(schema) ? null : schema;
    String said = whole.asked().system();
    int end = said.indexOf(ABOUT_THE_LIST);
    this.system = (end < 0 ? said : said.substring(0, end)).strip();
  }

  /** The same request as many, or null when it is none of these. */
  static GroupRequest find(ConversationRequest request, ObjectNode body) {
    JsonNode schema = answerSchema(request.asked().schema());
    List<Item> items = schema == null ? List.of() : items(request.asked().lastUser());
    return items.isEmpty() ? null : new PackedRequest(request, body, items, schema);
  }

  private static JsonNode answerSchema(JsonNode schema) {
    JsonNode item = schema == null ? null : schema.at("/properties/answers/items/properties");
    return item != null && item.has("id") && item.has("answer") ? item.get("answer") : null;
  }

  private static boolean isAnyText(JsonNode schema) {
    return schema.path("type").asText().equals("string") && schema.size() == 1;
  }

  private static List<Item> items(String user) {
    if (!user.startsWith("{")) {
      return List.of();
    }
    List<Item> items = new ArrayList<>();
    try {
      for (JsonNode item : Json.parse(user.getBytes(StandardCharsets.UTF_8)).path("requests")) {
        if (!item.path("id").isTextual() || !item.path("text").isTextual()) {
          return List.of();
        }
        items.add(new Item(item.get("id").textValue(), item.get("text").textValue()));
      }
    } catch (IOException e) {
      return List.of();
    }
    return items;
  }

  @Override
  public String model() {
    return whole.model();
  }

  @Override
  public int items() {
    return packed.size();
  }

  @Override
  public boolean says(int item, String words) {
    return text(item).contains(words);
  }

  private String text(int item) {
    return packed.get(item).text();
  }

  @Override
  public int promptTokens() {
    return whole.promptTokens();
  }

  @Override
  public int maxTokens() {
    return whole.maxTokens();
  }

  @Override
  public Digest digest(int item) {
    ObjectNode alone = Json.object();
    body.properties()
        .forEach(
            field -> {
              if (!OF_THE_PACK.contains(field.getKey())) {
                alone.set(field.getKey(), field.getValue());
              }
            });
    boolean chat = body.has("messages");
    boolean instructed = body.path("instructions").isTextual();
    if (instructed) {
      alone.put("instructions", system);
    }
    if (!chat && body.path("input").isTextual()) {
      alone.put("input", text(item));
      return RequestDigest.of(alone);
    }
    ArrayNode messages = alone.putArray(chat ? "messages" : "input");
    if (!instructed && !system.isEmpty()) {
      messages.addObject().put("role", "system").put("content", system);
    }
    messages.addObject().put("role", "user").put("content", text(item));
    return RequestDigest.of(alone);
  }

  /** An item's error would be an error of the one prompt. */
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
    List<ChatMessage> messages = new ArrayList<>();
    if (!system.isEmpty()) {
      messages.add(new ChatMessage("system", system));
    }
    messages.add(new ChatMessage("user", text(item)));
    Answer answer = Models.answer(answeringModel, new Conversation(messages, schema, false, 0));
    ObjectNode part = Json.object().put("id", packed.get(item).id());
    part.set("answer", schema == null ? TextNode.valueOf(said(answer)) : value(said(answer)));
    return new Part(part, 0);
  }

  private static String said(Answer answer) {
    if (answer.text() != null) {
      return answer.text();
    }
    return answer.refusal() == null ? "" : answer.refusal();
  }

  private static JsonNode value(String text) {
    try {
      return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      return TextNode.valueOf(text);
    }
  }

  @Override
  public JsonNode surplus(JsonNode last) {
    return last instanceof ObjectNode object ? object.deepCopy().put("id", "unasked") : last;
  }

  @Override
  public Served compose(List<JsonNode> parts, int completionTokens, String id) {
    return whole.say(answer(parts), id);
  }

  /** The reply whose answer ends in the middle. */
  Served composeHalf(Served right, String id) {
    String text = told(right.body());
    return whole.say(Answer.of(text.substring(0, text.length() / 2)), id);
  }

  private static String told(JsonNode reply) {
    JsonNode chat = reply.at("/choices/0/message/content");
    return chat.isMissingNode() ? reply.at("/output/1/content/0/text").asText() : chat.asText();
  }

  private Answer answer(List<JsonNode> parts) {
    ObjectNode answers = Json.object();
    answers.putArray("answers").addAll(parts);
    return Answer.of(answers.toString()).cut(whole.maxTokens());
  }

  /** A refusal, say, is one for the whole prompt. */
  @Override
  public Served atOnce(String answeringModel, String id) {
    return Models.isSpecial(answeringModel) ? whole.answer(answeringModel, id) : null;
  }
}

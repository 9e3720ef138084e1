package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Api;
import io.sparkllm.prompt.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Writes the requests of {@code mode=packed}. Thread-safe. */
final class PackedPrompt {
  /** The local endpoint knows a packed prompt by the first sentence. */
  private static final String ABOUT_THE_LIST =
      "The user message is a JSON object with a list of independent requests, each with an id and a"
          + " text. Answer each of them by itself, exactly as you would if its text were the only"
          + " user message: no request says anything about another. Reply with a JSON object whose"
          + " list \"answers\" holds for each request its \"id\", copied letter by letter, and its"
          + " \"answer\", %s. Every id of the list stands there exactly once.";

  private static final String SCHEMA =
      "{'type':'object','additionalProperties':false,'required':['answers'],'properties':{"
          + "'answers':{'type':'array','items':{'type':'object','additionalProperties':false,"
          + "'required':['id','answer'],'properties':{'id':{'type':'string'},"
          + "'answer':{'type':'string'}}}}}}";

  private static final String ANSWER_PROPERTIES = "/properties/answers/items/properties";

  private static final List<String> NOT_IN_PARAMS = List.of("response_format", "text", "tools");
  private static final List<String> MAX_TOKENS =
      List.of("max_completion_tokens", "max_tokens", "max_output_tokens");

  /** What the id and the JSON around an answer cost. */
  private static final int TOKENS_AROUND_AN_ANSWER = 16;

  /** No digits, which would run into the number before them; no vowels, so that it is no word. */
  private static final String LETTERS = "bcdfghjklmnpqrstvwxz";

  private final ObjectNode shared;
  private final String messagesField;
  private final String system;

  PackedPrompt(LlmOptions options, ApiCodec api, String instruction) {
    boolean chat = options.get(Options.API) == Api.CHAT;
    this.messagesField = chat ? "messages" : "input";
    this.shared = shared(api);
    TypedAnswers typed = api.typed();
    if (typed != null) {
      removeFormat(shared, chat);
    }
    for (String name : NOT_IN_PARAMS) {
      if (shared.has(name)) {
        throw new IllegalArgumentException(
            "Option params sets "
                + name
                + ", but with mode=packed the connector asks for a list of answers; take it out of"
                + " params, or leave mode out");
      }
    }
    shared.remove(messagesField);
    ObjectNode schema = Json.object(SCHEMA.replace('\'', '"'));
    if (typed != null) {
      ((ObjectNode) schema.at(ANSWER_PROPERTIES)).set("answer", typed.schema());
    }
    if (chat) {
      ObjectNode format = shared.putObject("response_format").put("type", "json_schema");
      named(format.putObject("json_schema")).set("schema", schema);
    } else {
      ObjectNode format = shared.putObject("text").putObject("format").put("type", "json_schema");
      named(format).set("schema", schema);
    }
    String about = ABOUT_THE_LIST.formatted(typed == null ? "a string" : "an object");
    this.system =
        instruction == null || instruction.isBlank() ? about : instruction + "\n\n" + about;
  }

  private static ObjectNode shared(ApiCodec api) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(api.encode(List.of()));
    } catch (IOException e) {
      throw new UncheckedIOException("Reading from memory cannot fail", e);
    }
  }

  /** The form of one row's answer gives way to that of the list. */
  private static void removeFormat(ObjectNode shared, boolean chat) {
    if (chat) {
      shared.remove("response_format");
    } else if (shared.get("text") instanceof ObjectNode text) {
      text.remove("format");
      if (text.isEmpty()) {
        shared.remove("text");
      }
    }
  }

  private static ObjectNode named(ObjectNode format) {
    return format.put("name", "packed_answers").put("strict", true);
  }

  /** A system message, unless it is null, and a user message. */
  static List<Message> messages(String system, String user) {
    Message asked = new Message("user", TextNode.valueOf(user));
    return system == null
        ? List.of(asked)
        : List.of(new Message("system", TextNode.valueOf(system)), asked);
  }

  int systemChars() {
    return system.length();
  }

  byte[] body(List<byte[]> items) {
    ObjectNode body = shared.deepCopy();
    for (String name : MAX_TOKENS) {
      JsonNode one = body.path(name);
      if (one.canConvertToInt()) {
        body.put(name, (one.longValue() + TOKENS_AROUND_AN_ANSWER) * items.size());
      }
    }
    ArrayNode messages = body.putArray(messagesField);
    for (Message message : messages(system, user(items))) {
      messages.addObject().put("role", message.role()).set("content", message.content());
    }
    return Json.write(body).getBytes(StandardCharsets.UTF_8);
  }

  private static String user(List<byte[]> items) {
    List<String> ids = ids(items);
    StringBuilder user = new StringBuilder("{\"requests\":[");
    for (int i = 0; i < items.size(); i++) {
      user.append(i == 0 ? "" : ",")
          .append("{\"id\":\"")
          .append(ids.get(i))
          .append("\",\"text\":")
          .append(new String(items.get(i), StandardCharsets.UTF_8))
          .append('}');
    }
    return user.append("]}").toString();
  }

  /**
   * The ids of the rows. Two letters come from the text: a model that counts on instead of copying
   * is noticed.
   */
  static List<String> ids(List<byte[]> items) {
    List<String> ids = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      CRC32 sum = new CRC32();
      sum.update(items.get(i));
      int letters = LETTERS.length();
      int two = Math.floorMod(sum.getValue(), letters * letters);
      ids.add("r" + i + LETTERS.charAt(two / letters) + LETTERS.charAt(two % letters));
    }
    return ids;
  }
}

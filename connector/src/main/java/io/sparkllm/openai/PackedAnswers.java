package io.sparkllm.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.sparkllm.config.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The list of answers in the answer to a packed prompt. Words and markdown fences around the JSON
 * are tolerated; of a list that breaks off, what stands whole before the break is kept, as it was
 * paid for.
 */
final class PackedAnswers {
  /** The object, or the bare list that models without a schema may give. */
  private static final Pattern START = Pattern.compile("\\{\\s*\"|\\[\\s*\\{");

  /** Answers with numbers keep their digits. */
  private static final ObjectReader EXACT =
      Json.MAPPER.reader().with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final List<JsonNode> entries = new ArrayList<>();
  private boolean whole;

  private PackedAnswers() {}

  /** Never throws, whatever stands in the text. */
  static PackedAnswers parse(String text) {
    PackedAnswers answers = new PackedAnswers();
    Matcher start = START.matcher(text);
    if (start.find()) {
      try (JsonParser json = Json.MAPPER.createParser(text.substring(start.start()))) {
        answers.read(json);
      } catch (IOException e) {
        // The list breaks off here: not whole.
      }
    }
    return answers;
  }

  private void read(JsonParser json) throws IOException {
    JsonToken token = json.nextToken();
    if (token == JsonToken.START_OBJECT) {
      token = answers(json);
    }
    if (token != JsonToken.START_ARRAY) {
      return;
    }
    for (token = json.nextToken();
        token != null && token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      JsonNode entry = EXACT.readTree(json);
      entries.add(entry);
    }
    whole = token != null;
  }

  /** Goes to the value of the object's answers. */
  private static JsonToken answers(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean found = json.currentName().equals("answers");
      JsonToken value = json.nextToken();
      if (found) {
        return value;
      }
      json.skipChildren();
    }
    return null;
  }

  /** Whether there is a list, and it has an end. */
  boolean isWhole() {
    return whole;
  }

  /** The answers by id, in the order of the ids; null where there is none or more than one. */
  List<String> of(List<String> ids) {
    Map<String, JsonNode> byId = new HashMap<>();
    Set<String> doubled = new HashSet<>();
    for (JsonNode entry : entries) {
      String id = Wire.text(entry, "id");
      if (id != null && byId.put(id, entry.path("answer")) != null) {
        doubled.add(id);
      }
    }
    List<String> answers = new ArrayList<>(ids.size());
    for (String id : ids) {
      JsonNode answer = doubled.contains(id) ? null : byId.get(id);
      answers.add(answer == null ? null : text(answer));
    }
    return answers;
  }

  private static String text(JsonNode answer) {
    if (answer.isTextual()) {
      return answer.textValue();
    }
    return answer.isMissingNode() || answer.isNull() ? null : answer.toString();
  }
}

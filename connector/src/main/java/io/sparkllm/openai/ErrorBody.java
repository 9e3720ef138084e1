package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.config.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the body of an error says, in any of the shapes seen: OpenAI's {@code error} object, vLLM's
 * flat one, {@code detail}, {@code message}, plain text, a gateway's HTML page. Never throws.
 */
record ErrorBody(String message, String type, String code, String param) {
  /** What is looked at of a message: patterns must not meet megabytes. */
  private static final int MAX_MESSAGE = 4000;

  ErrorBody {
    message = message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE);
  }

  private static final Pattern TITLE = Pattern.compile("(?is)<title>(.*?)</title>");

  static ErrorBody parse(int status, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    try {
      JsonNode root = Json.parse(text);
      if (root.isContainerNode()) {
        return of(status, root);
      }
      return new ErrorBody(plain(status, root.asText("")), "", "", "");
    } catch (IOException e) {
      return new ErrorBody(plain(status, text), "", "", "");
    }
  }

  static ErrorBody of(int status, JsonNode body) {
    // Gemini puts its error object into an array.
    JsonNode root = body.isArray() ? body.path(0) : body;
    JsonNode error = root.path("error");
    // Beside a message, the text in error is but the name of the status.
    boolean explained = root.path("message").isTextual();
    if (error.isTextual() && !error.textValue().isBlank() && !explained) {
      return new ErrorBody(error.textValue(), "", "", "");
    }
    JsonNode node = error.isObject() ? error : root;
    String message = Wire.text(node, "message");
    if (message == null && root.has("detail")) {
      message = detail(root.get("detail"));
    }
    return new ErrorBody(
        message == null || message.isBlank() ? "HTTP " + status : message,
        orEmpty(Wire.text(node, "type")),
        orEmpty(Wire.text(node, "code")),
        orEmpty(Wire.text(node, "param")));
  }

  /**
   * FastAPI's list of complaints: where and what. Their {@code input} repeats the prompt, which has
   * no place in a message and may itself read like an error.
   */
  private static String detail(JsonNode detail) {
    if (!detail.isArray()) {
      return detail.isTextual() ? detail.textValue() : detail.toString();
    }
    StringJoiner all = new StringJoiner("; ");
    for (JsonNode complaint : detail) {
      StringJoiner where = new StringJoiner(".");
      complaint.path("loc").forEach(step -> where.add(step.asText("")));
      all.add(where + ": " + Wire.text(complaint, "msg"));
    }
    return all.toString();
  }

  private static String plain(int status, String body) {
    String text = body.strip();
    Matcher title = TITLE.matcher(text);
    String said = title.find() ? title.group(1) : text.startsWith("<") ? "" : text;
    return said.isBlank() ? "HTTP " + status : "HTTP " + status + ": " + said;
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  boolean says(String regex) {
    return Pattern.compile(regex, Pattern.CASE_INSENSITIVE).matcher(message).find();
  }
}

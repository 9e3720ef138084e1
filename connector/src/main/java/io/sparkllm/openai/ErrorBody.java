package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.config.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the body of an error says, in any of the shapes seen: OpenAI's {@code error} object, vLLM's
 * flat one, {@code detail}, {@code message}, plain text, a gateway's HTML page. Never throws.
 */
record ErrorBody(String message, String type, String code, String param) {
  private static final Pattern TITLE = Pattern.compile("(?is)<title>(.*?)</title>");

  static ErrorBody parse(int status, byte[] body) {
    try {
      return of(status, Json.MAPPER.readTree(body));
    } catch (IOException e) {
      return new ErrorBody(plain(status, new String(body, StandardCharsets.UTF_8)), "", "", "");
    }
  }

  static ErrorBody of(int status, JsonNode root) {
    JsonNode error = root.path("error");
    if (error.isTextual()) {
      return new ErrorBody(error.textValue(), "", "", "");
    }
    JsonNode node = error.isObject() ? error : root;
    String message = Wire.text(node, "message");
    if (message == null && root.has("detail")) {
      JsonNode detail = root.get("detail");
      message = detail.isTextual() ? detail.textValue() : detail.toString();
    }
    return new ErrorBody(
        message == null ? "HTTP " + status : message,
        orEmpty(Wire.text(node, "type")),
        orEmpty(Wire.text(node, "code")),
        orEmpty(Wire.text(node, "param")));
  }

  private static String plain(int status, String text) {
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

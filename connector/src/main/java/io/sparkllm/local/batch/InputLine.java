package io.sparkllm.local.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sparkllm.config.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * One request of an input file: {@code {"custom_id","method","url","body"}}. What is missing, or of
 * the wrong type, is null.
 *
 * @param customId the client's id
 * @param method {@code POST}
 * @param url path of the API
 * @param body a JSON object as it stood in the line
 */
record InputLine(String customId, String method, String url, String body) {

  /**
   * Reads a line without making a tree of its body.
   *
   * @throws IOException when it is not one JSON object
   */
  static InputLine parse(byte[] line) throws IOException {
    try (JsonParser parser = Json.MAPPER.getFactory().createParser(line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("Not a JSON object");
      }
      String customId = null;
      String method = null;
      String url = null;
      String body = null;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "custom_id" -> customId = text(parser);
          case "method" -> method = text(parser);
          case "url" -> url = text(parser);
          case "body" -> body = object(parser, line);
          default -> parser.skipChildren();
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw new IOException("Not one JSON object");
      }
      return new InputLine(customId, method, url, body);
    }
  }

  private static String text(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    parser.skipChildren();
    return null;
  }

  private static String object(JsonParser parser, byte[] line) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return null;
    }
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    int to = (int) parser.currentLocation().getByteOffset();
    return new String(line, from, to - from, StandardCharsets.UTF_8);
  }
}

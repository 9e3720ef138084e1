package io.sparkllm.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The one JSON mapper of the connector, and the reading of options that are JSON. Thread-safe. */
public final class Json {
  /** Shared and never reconfigured; Jackson's mapper is thread-safe. */
  public static final ObjectMapper MAPPER = new ObjectMapper();

  private static final ObjectReader WHOLE =
      MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final ObjectWriter PLAIN =
      MAPPER.writer().with(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);

  private Json() {}

  /**
   * Reads one JSON value that is the whole text.
   *
   * @param text the JSON text
   * @return the value; a missing node for an empty text
   * @throws JsonProcessingException when the text is no JSON, or something stands behind it
   */
  public static JsonNode parse(String text) throws JsonProcessingException {
    return WHOLE.readTree(text);
  }

  /**
   * Writes a JSON value with decimals in full, never with an exponent.
   *
   * @param node the value
   * @return the JSON text
   */
  public static String plain(JsonNode node) {
    try {
      return PLAIN.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a JSON object.
   *
   * @param text the JSON text
   * @return the object
   * @throws IllegalArgumentException when the text is not one JSON object
   */
  public static ObjectNode object(String text) {
    try {
      JsonNode node = parse(text);
      if (node instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      // Falls through: the caller's message names the option and shows what is allowed.
    }
    throw new IllegalArgumentException("Not a JSON object");
  }

  /**
   * Reads a JSON object whose values are all texts.
   *
   * @param text the JSON text
   * @return the entries in the order of the text
   * @throws IllegalArgumentException when it is no JSON object or a value is no text
   */
  public static Map<String, String> textMap(String text) {
    Map<String, String> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> e : object(text).properties()) {
      if (!e.getValue().isTextual()) {
        throw new IllegalArgumentException("Not a text: " + e.getKey());
      }
      map.put(e.getKey(), e.getValue().textValue());
    }
    return map;
  }

  /**
   * Writes any plain value as JSON.
   *
   * @param value maps, lists, texts, numbers, booleans, null
   * @return the JSON text
   */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@link #write} made of a record.
   *
   * @param text the JSON text
   * @param type the record
   * @param <T> the record
   * @return the value
   */
  public static <T> T read(String text, Class<T> type) {
    try {
      return MAPPER.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tells whether two requests ask the same: the digest of a body whose keys are sorted, without the
 * fields that change how an answer is given and not what it is. So a row has one digest, whether it
 * is asked by a call of its own, in an array or by a line of a batch.
 */
final class RequestDigest {
  private static final Set<String> NOT_ASKED =
      Set.of("service_tier", "store", "metadata", "user", "stream", "encoding_format");

  private RequestDigest() {}

  /** The digest of a request, or of an array of requests. */
  static Digest of(JsonNode body) {
    StringBuilder text = new StringBuilder(512);
    if (body instanceof ObjectNode object) {
      appendObject(object, text, NOT_ASKED);
    } else {
      append(body, text);
    }
    return Digest.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The digest that a request has with another value in one field. */
  static Digest of(ObjectNode body, String field, JsonNode value) {
    ObjectNode alone = Json.object();
    alone.setAll(body);
    return of(alone.set(field, value));
  }

  private static void append(JsonNode node, StringBuilder text) {
    if (node instanceof ObjectNode object) {
      appendObject(object, text, Set.of());
    } else if (node.isArray()) {
      text.append('[');
      for (JsonNode item : node) {
        append(item, text);
        text.append(',');
      }
      text.append(']');
    } else if (node.isFloatingPointNumber()) {
      // 1.0 and 1 are one number (RFC 8785).
      text.append(node.decimalValue().stripTrailingZeros().toPlainString());
    } else {
      text.append(node);
    }
  }

  private static void appendObject(ObjectNode object, StringBuilder text, Set<String> without) {
    TreeMap<String, JsonNode> sorted = new TreeMap<>();
    object.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
    text.append('{');
    sorted.forEach(
        (name, value) -> {
          if (!without.contains(name)) {
            text.append(name).append(':');
            append(value, text);
            text.append(',');
          }
        });
    text.append('}');
  }
}

package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.config.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The field of a request's tier. */
public final class ServiceTier {
  static final String FIELD = "service_tier";

  private ServiceTier() {}

  /**
   * The tier that requests with these options ask for.
   *
   * @param options the options; {@code params} wins, as in the request
   * @return its name; empty for none
   */
  public static String of(LlmOptions options) {
    String params = options.get(Options.PARAMS);
    String tier = params == null ? null : Wire.text(Json.object(params), FIELD);
    return tier != null ? tier : Objects.requireNonNullElse(options.get(Options.SERVICE_TIER), "");
  }

  /**
   * The same request for the default tier.
   *
   * @param body a request, or an array of requests
   * @return its copy with another tier
   */
  public static byte[] byDefault(byte[] body) {
    try {
      JsonNode root = Json.MAPPER.readTree(body);
      for (JsonNode request : root.isArray() ? root : Json.MAPPER.createArrayNode().add(root)) {
        ((ObjectNode) request).put(FIELD, "default");
      }
      return Json.MAPPER.writeValueAsBytes(root);
    } catch (IOException e) {
      throw new UncheckedIOException("A request of our own is no JSON", e);
    }
  }
}

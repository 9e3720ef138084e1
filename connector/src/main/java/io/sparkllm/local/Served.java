package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A model call's answer, ready to send.
 *
 * @param body the response body
 * @param promptTokens as told in its {@code usage}
 * @param completionTokens as told in its {@code usage}
 */
record Served(JsonNode body, int promptTokens, int completionTokens) {
  int tokens() {
    return promptTokens + completionTokens;
  }
}

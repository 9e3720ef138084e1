package io.sparkllm.local;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A model call's answer, ready to send.
 *
 * @param body the response body
 * @param promptTokens as told in its {@code usage}
 * @param completionTokens as told in its {@code usage}
 */
record Served(ObjectNode body, int promptTokens, int completionTokens) {
  int tokens() {
    return promptTokens + completionTokens;
  }
}

package io.sparkllm.batch;

import io.sparkllm.LlmOptions;
import java.util.Map;

/** What a run begins with. */
final class Headers {
  private Headers() {}

  static RunHeader header() {
    LlmOptions options =
        LlmOptions.of(Map.of("model", "m", "prompt", "Secret words: {text}", "maxAttempts", "3"));
    return RunHeader.of("0123456789abcdef", options);
  }
}

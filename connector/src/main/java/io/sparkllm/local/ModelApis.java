package io.sparkllm.local;

import java.util.List;
import java.util.Map;

/** The API families by the names that the script has for them. */
final class ModelApis {
  static final String CHAT = "chat";
  static final String RESPONSES = "responses";
  static final String EMBEDDINGS = "embeddings";
  static final String MODERATIONS = "moderations";

  private static final Map<String, ModelApi> BY_NAME =
      Map.of(
          CHAT, new ChatApi(),
          RESPONSES, new ResponsesApi(),
          EMBEDDINGS, new EmbeddingsApi(),
          MODERATIONS, new ModerationsApi());

  private ModelApis() {}

  static ModelApi named(String name) {
    return BY_NAME.get(name);
  }

  static List<String> names() {
    return BY_NAME.keySet().stream().sorted().toList();
  }
}

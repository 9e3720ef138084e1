package io.sparkllm.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** The models of this endpoint: what they are called and how each answers. */
final class Models {
  static final String LOCAL = "local";

  /** Says in every answer what stands behind it: rules, no LLM. */
  static final String FINGERPRINT = "fp_local_rules_no_llm";

  private static final long CREATED = 1_767_225_600L;
  private static final Map<String, String> BUILT_IN = builtIn();

  private static Map<String, String> builtIn() {
    Map<String, String> models = new LinkedHashMap<>();
    models.put(
        LOCAL, "Rule-based stand-in, no LLM: labels, sentiment, extracts, schema-shaped JSON.");
    models.put("echo", "No LLM: answers 'sha256:' and the SHA-256 of the last user message.");
    models.put("refuse", "No LLM: refuses every request.");
    models.put("filter", "No LLM: every answer is cut by a content filter.");
    models.put("empty", "No LLM: every answer is empty, cut by length.");
    return Collections.unmodifiableMap(models);
  }

  private Models() {}

  static boolean knows(String model, EndpointScript script) {
    return BUILT_IN.containsKey(model) || script.models().contains(model);
  }

  /** Whether a model answers everything alike, with no answer. */
  static boolean isSpecial(String model) {
    return model.equals("refuse") || model.equals("filter") || model.equals("empty");
  }

  static Answer answer(String model, Conversation asked) {
    Answer answer =
        switch (model) {
          case "echo" -> Answer.of("sha256:" + Digest.sha256Hex(asked.lastUser()));
          case "refuse" -> new Answer(null, "I'm sorry, but I can't help with that.", "stop");
          case "filter" -> new Answer("", null, "content_filter");
          case "empty" -> new Answer(null, null, "length");
          default -> Answer.of(RuleAnswers.answer(asked));
        };
    return answer.cut(asked.maxTokens());
  }

  static ObjectNode list(EndpointScript script) {
    ObjectNode root = Json.object().put("object", "list");
    var data = root.putArray("data");
    BUILT_IN.keySet().forEach(name -> data.add(describe(name)));
    new TreeSet<>(script.models()).forEach(name -> data.add(describe(name)));
    return root;
  }

  static ObjectNode describe(String model) {
    return Json.object()
        .put("id", model)
        .put("object", "model")
        .put("created", CREATED)
        .put("owned_by", "spark-llm-local")
        .put("description", BUILT_IN.getOrDefault(model, BUILT_IN.get(LOCAL)));
  }
}

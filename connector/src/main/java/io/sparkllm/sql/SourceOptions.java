package io.sparkllm.sql;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Options;
import java.util.Map;
import java.util.TreeMap;

/**
 * What stands in {@code OPTIONS (…)}.
 *
 * @param input the table or query
 * @param llm the options of the library
 */
record SourceOptions(SourceInput input, LlmOptions llm) {
  private static final String RECORDED =
      "Spark records the statement and its options; keep the key in an environment variable of the"
          + " driver (apiKeyEnv) or in a file (apiKeyFile), and replace one that was written here";

  /**
   * Reads the options.
   *
   * @param given names, in any case, and values
   * @throws IllegalArgumentException naming option, value and cure
   */
  static SourceOptions of(Map<String, String> given) {
    TreeMap<String, String> rest = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    rest.putAll(given);
    SourceInput input = SourceInput.of(rest.remove("table"), rest.remove("query"));
    if (rest.containsKey("path")) {
      throw new IllegalArgumentException(
          "Option path is '"
              + rest.get("path")
              + "', and the llm source reads no files; make a"
              + " view of them and give its name as table, or give query 'SELECT * FROM"
              + " parquet.`path`'");
    }
    for (String name : rest.keySet()) {
      if (Options.named(name) == Options.API_KEY) {
        throw new IllegalArgumentException("Option apiKey is refused in SQL: " + RECORDED);
      }
    }
    LlmOptions llm = LlmOptions.of(rest);
    if (Endpoint.hasKeyHeader(llm)) {
      throw new IllegalArgumentException(
          "Option headers is refused in SQL with a key in it: " + RECORDED);
    }
    return new SourceOptions(input, llm);
  }
}

package io.sparkllm.openai;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The ids that rows have in a packed prompt, for replies that tests make up. */
public final class PackedIds {
  private PackedIds() {}

  /**
   * The ids of the rows of one call.
   *
   * @param prompts what is asked of each, without quotes and line ends
   * @return in the same order
   */
  public static List<String> of(String... prompts) {
    return PackedPrompt.ids(
        Stream.of(prompts)
            .map(prompt -> ("\"" + prompt + "\"").getBytes(StandardCharsets.UTF_8))
            .toList());
  }
}

package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the budget takes for the limit of an answer is what the body says. */
class MaxTokensTest {
  private static Integer maxTokens(String api, boolean openAi, String... pairs) {
    String[] all = Stream.concat(Stream.of("api", api), Stream.of(pairs)).toArray(String[]::new);
    return ApiCodec.of(Codecs.options(all), openAi).maxTokens();
  }

  @ParameterizedTest
  @CsvSource({"chat, true", "chat, false", "responses, true", "responses, false"})
  void isWhatTheOptionSays(String api, boolean openAi) {
    assertThat(maxTokens(api, openAi, "maxTokens", "50")).isEqualTo(50);
  }

  @ParameterizedTest
  @CsvSource({"chat, true", "chat, false", "responses, true"})
  void isNotSetByDefault(String api, boolean openAi) {
    assertThat(maxTokens(api, openAi)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "chat, true, max_tokens",
    "chat, true, max_completion_tokens",
    "chat, false, max_tokens",
    "chat, false, max_completion_tokens",
    "responses, true, max_output_tokens",
  })
  void isFoundInParams(String api, boolean openAi, String name) {
    assertThat(maxTokens(api, openAi, "params", "{\"%s\": 70}".formatted(name))).isEqualTo(70);
  }

  @ParameterizedTest
  @CsvSource({
    "chat, true, max_completion_tokens",
    "chat, false, max_tokens",
    "responses, true, max_output_tokens",
  })
  void paramsWin(String api, boolean openAi, String name) {
    assertThat(maxTokens(api, openAi, "maxTokens", "50", "params", "{\"%s\": 70}".formatted(name)))
        .isEqualTo(70);
  }

  @ParameterizedTest
  @CsvSource({"'\"70\"'", "null", "true", "99999999999", "'{}'"})
  void isNotSetByWhatIsNoNumber(String value) {
    assertThat(maxTokens("chat", true, "params", "{\"max_tokens\": %s}".formatted(value))).isNull();
  }
}

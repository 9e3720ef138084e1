package io.sparkllm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkllm.config.Options;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LlmOptionsTest {
  private static LlmOptions secretive() {
    return LlmOptions.of(
        Map.of(
            "model", "m",
            "apiKey", "sk-test-4711",
            "headers", "{\"X-Token\": \"hunter2\"}",
            "prompt", "Whisper: {text}",
            "system", "Be discreet"));
  }

  @Test
  void givesTheDefaultOfWhatIsNotSet() {
    assertThat(LlmOptions.defaults().get(Options.CONCURRENCY)).isEqualTo(64);
  }

  @Test
  void givesNothingWhereThereIsNoDefault() {
    assertThat(LlmOptions.defaults().get(Options.TEMPERATURE)).isNull();
  }

  @Test
  void isNotChangedByWith() {
    LlmOptions before = LlmOptions.defaults();
    before.with(Options.MODEL, "m");

    assertThat(before.isSet(Options.MODEL)).isFalse();
  }

  @Test
  void takesAnOptionBackToItsDefault() {
    LlmOptions options = LlmOptions.of(Map.of("concurrency", "3"));

    assertThat(options.with(Options.CONCURRENCY, null)).isEqualTo(LlmOptions.defaults());
  }

  @Test
  void readsTextsUnderAnySpelling() {
    LlmOptions options =
        LlmOptions.of(
            Map.of("requestsperminute", "60", "max-tokens", "7", "request_timeout", "2s"));

    assertThat(options)
        .isEqualTo(
            LlmOptions.defaults()
                .with(Options.REQUESTS_PER_MINUTE, 60)
                .with(Options.MAX_TOKENS, 7)
                .with(Options.REQUEST_TIMEOUT, Duration.ofSeconds(2)));
  }

  @ParameterizedTest
  @CsvSource({"sk-test-4711", "hunter2", "Whisper", "discreet"})
  void showsNoSecretAndNoPrompt(String hidden) {
    assertThat(secretive()).asString().doesNotContain(hidden);
  }

  @Test
  void showsTheRest() {
    assertThat(secretive().with(Options.ROW_TIMEOUT, Duration.ofMinutes(1)))
        .hasToString(
            "LlmOptions(apiKey=<hidden>, headers=<hidden>, model=m, prompt=<15 characters>,"
                + " rowTimeout=1min, system=<11 characters>)");
  }

  @Test
  void givesNoSecretAsText() {
    assertThat(secretive().texts()).containsOnlyKeys("model", "prompt", "system");
  }

  @Test
  void givesTextsThatItReads() {
    LlmOptions options =
        LlmOptions.of(
            Map.of("model", "m", "rowTimeout", "90s", "authHeader", "API_KEY", "ordered", "FALSE"));

    assertThat(LlmOptions.of(options.texts())).isEqualTo(options);
  }

  @Test
  void isEqualWithTheSameKey() {
    assertThat(secretive()).isEqualTo(secretive()).hasSameHashCodeAs(secretive());
  }

  @Test
  void differsWithAnotherKey() {
    assertThat(secretive().with(Options.API_KEY, "sk-other")).isNotEqualTo(secretive());
  }

  @Test
  void travelsBySerialization() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(secretive().with(Options.API, Options.Api.RESPONSES));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(secretive().with(Options.API, Options.Api.RESPONSES));
    }
  }

  @Test
  void namesTheLocalModelWhereNoneIsSet() {
    assertThat(LlmOptions.of(Map.of("endpoint", "LOCAL")).model()).isEqualTo("local");
  }

  @Test
  void acceptsAModelAndAPrompt() {
    assertThat(secretive().validate()).isEqualTo(secretive());
  }

  @Test
  void saysAllThatIsMissingAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LlmOptions.defaults().validate())
        .withMessageStartingWith("Option model is not set;")
        .withMessageContaining("; also: Neither prompt nor messagesCol is set;");
  }

  @Test
  void refusesTwoSourcesOfMessages() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> secretive().with(Options.MESSAGES_COL, "m").validate())
        .withMessage("Both prompt and messagesCol are set; set one of them");
  }

  @Test
  void refusesTwoSourcesOfTheKey() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> secretive().with(Options.API_KEY_FILE, "f").validate())
        .withMessage("Both apiKey and apiKeyFile are set; set one of them");
  }
}
